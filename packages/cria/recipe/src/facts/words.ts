/** Splits a list that is easier to read without quotes. */
const words = (text: string): string[] => text.trim().split(/\s+/);
const lines = (text: string): string[] =>
  text
    .trim()
    .split(",")
    .map((item) => item.trim());

export const names = words(`
  Ada Bob Cleo Dan Eva Finn Gus Hana Ivan Jane Kai Lena Max Nora Omar Pia Quinn Rosa Sam Tina Uma Vera Will Xena Yuri Zoe
  Alice Ben Clara David Emma Frank Grace Henry Iris Jack Kate Leo Mia Noah Olga Paul Ruth Simon Tom Victor Wendy Anna Mark
  Lucy Peter Mary John Lily Oscar Adam Bella Carl Diana Eric Fiona George Helen Igor Julia Karl Laura Martin Nina Otto
  Paula Robert Sara Theo Ursula Vincent Walter Yara Zack Maya Luis Chen Amir Aisha Ravi Priya Yuki Kofi Elena Marco Sofia
  Hugo Chloe Liam Olivia Ethan Ava Lucas Ella James Amelia Daniel Alex Chris Kim Lee Pat Jordan Taylor Robin Charlie
`);

export const colors = words(
  "red blue green yellow orange purple pink black white brown grey gold silver",
);
export const animals = words(`
  cat dog cow horse sheep duck pig lion tiger bear fox wolf rabbit mouse frog owl llama goat hen bee elephant monkey snake
  penguin whale shark eagle turtle camel zebra
`);
export const foods = words(
  "pizza pasta rice bread soup cake apples bananas cheese salad noodles honey fish pancakes",
);
export const drinks = words("water tea milk juice coffee lemonade cocoa");
const fruits = words("apples pears plums grapes figs bananas lemons cherries oranges");
export const cities = words(`
  Paris London Rome Berlin Madrid Tokyo Cairo Oslo Lima Delhi Boston Lisbon Vienna Athens Chicago Seattle Dublin Prague
`);
export const days = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");
export const months = words(
  "January February March April May June July August September October November December",
);
export const seasons = words("spring summer autumn winter");
export const sports = words("football tennis chess swimming running cycling skating");
export const jobs = words(
  "teacher doctor baker pilot farmer cook nurse painter singer writer gardener student driver",
);
export const relatives = words(
  "mother father sister brother friend son daughter aunt uncle teacher",
);
export const pets = words("dog cat horse rabbit parrot hamster turtle llama");
export const places = words("forest garden house river hill farm castle beach village meadow");
export const objects = words("ball hat key book cake star boat drum kite lamp shell ring");
export const adjectives = words("little kind brave clever shy old young happy lazy curious");
export const feelings = lines(
  "happy, sad, tired, bored, hungry, angry, scared, sick, lonely, excited",
);

/** Numbers by name, from zero. */
export const numbers = words(`
  zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
  nineteen twenty
`);

/** What can be listed, by the word that asks for it. */
export const categories: Readonly<Record<string, readonly string[]>> = {
  fruits,
  colors,
  animals,
  days,
  cities,
  drinks,
  months,
  names,
  sports,
};
