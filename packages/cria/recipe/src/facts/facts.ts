/** Countries and their capitals. */
export const capitals: Readonly<Record<string, string>> = {
  France: "Paris",
  England: "London",
  Italy: "Rome",
  Germany: "Berlin",
  Spain: "Madrid",
  Japan: "Tokyo",
  Egypt: "Cairo",
  Norway: "Oslo",
  Peru: "Lima",
  India: "New Delhi",
  Portugal: "Lisbon",
  Greece: "Athens",
  China: "Beijing",
  Russia: "Moscow",
  Kenya: "Nairobi",
  Cuba: "Havana",
  Sweden: "Stockholm",
  Austria: "Vienna",
  Ireland: "Dublin",
  Poland: "Warsaw",
  Canada: "Ottawa",
  Chile: "Santiago",
  Turkey: "Ankara",
  Finland: "Helsinki",
  Hungary: "Budapest",
  Denmark: "Copenhagen",
  Belgium: "Brussels",
  Thailand: "Bangkok",
  Vietnam: "Hanoi",
  Argentina: "Buenos Aires",
  Colombia: "Bogota",
  Ukraine: "Kyiv",
  Iceland: "Reykjavik",
  Scotland: "Edinburgh",
  Mexico: "Mexico City",
  Bolivia: "Sucre",
};

/** Pairs of opposites, in both directions. */
export const opposites: Readonly<Record<string, string>> = {
  hot: "cold",
  big: "small",
  up: "down",
  fast: "slow",
  day: "night",
  good: "bad",
  happy: "sad",
  old: "new",
  open: "closed",
  light: "dark",
  hard: "soft",
  rich: "poor",
  left: "right",
  full: "empty",
  early: "late",
  wet: "dry",
  high: "low",
  long: "short",
  strong: "weak",
  loud: "quiet",
  clean: "dirty",
  near: "far",
  thick: "thin",
  true: "false",
};

export const sounds: Readonly<Record<string, string>> = {
  cat: "meow",
  dog: "woof",
  cow: "moo",
  sheep: "baa",
  duck: "quack",
  pig: "oink",
  lion: "roar",
  horse: "neigh",
  frog: "ribbit",
  owl: "hoot",
  bee: "buzz",
  hen: "cluck",
  goat: "maa",
  mouse: "squeak",
  snake: "hiss",
  llama: "hum",
};

export const youngAnimals: Readonly<Record<string, string>> = {
  llama: "cria",
  dog: "puppy",
  cat: "kitten",
  cow: "calf",
  horse: "foal",
  sheep: "lamb",
  duck: "duckling",
  pig: "piglet",
  lion: "cub",
  hen: "chick",
  goat: "kid",
  frog: "tadpole",
};

/** How many legs they have. */
export const legs: Readonly<Record<string, string>> = {
  cat: "four",
  dog: "four",
  cow: "four",
  horse: "four",
  llama: "four",
  duck: "two",
  hen: "two",
  owl: "two",
  penguin: "two",
  bee: "six",
  spider: "eight",
  snake: "no",
  fish: "no",
};

export const homes: Readonly<Record<string, string>> = {
  llama: "in the mountains",
  fish: "in the water",
  whale: "in the sea",
  bear: "in the forest",
  camel: "in the desert",
  penguin: "on the ice",
  cow: "on a farm",
  bee: "in a hive",
  monkey: "in the trees",
  lion: "in the grassland",
};

/** What color they are. */
export const colorsOfThings: Readonly<Record<string, string>> = {
  banana: "yellow",
  tomato: "red",
  sky: "blue",
  grass: "green",
  snow: "white",
  carrot: "orange",
  coal: "black",
  sun: "yellow",
  frog: "green",
  lemon: "yellow",
};

export const plurals: Readonly<Record<string, string>> = {
  cat: "cats",
  mouse: "mice",
  child: "children",
  foot: "feet",
  sheep: "sheep",
  tooth: "teeth",
  man: "men",
  box: "boxes",
  city: "cities",
  goose: "geese",
  llama: "llamas",
  leaf: "leaves",
};

export const pastTenses: Readonly<Record<string, string>> = {
  go: "went",
  see: "saw",
  eat: "ate",
  run: "ran",
  write: "wrote",
  have: "had",
  say: "said",
  come: "came",
  take: "took",
  sing: "sang",
  walk: "walked",
  play: "played",
};

/** English words in other languages. */
export const translations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  French: {
    dog: "chien",
    cat: "chat",
    house: "maison",
    water: "eau",
    bread: "pain",
    red: "rouge",
    hello: "bonjour",
    book: "livre",
    sun: "soleil",
    friend: "ami",
  },
  Spanish: {
    dog: "perro",
    cat: "gato",
    house: "casa",
    water: "agua",
    bread: "pan",
    red: "rojo",
    hello: "hola",
    book: "libro",
    sun: "sol",
    friend: "amigo",
  },
  German: {
    dog: "Hund",
    cat: "Katze",
    house: "Haus",
    water: "Wasser",
    bread: "Brot",
    red: "rot",
    hello: "hallo",
    book: "Buch",
    sun: "Sonne",
    friend: "Freund",
  },
};

export const rhymes: Readonly<Record<string, string>> = {
  cat: "hat",
  dog: "frog",
  house: "mouse",
  bee: "tree",
  star: "car",
  moon: "spoon",
  cake: "lake",
  day: "way",
  night: "light",
  king: "ring",
  bear: "chair",
  goat: "boat",
};

/** Animals from the smallest to the largest. */
export const bySize = [
  "bee",
  "mouse",
  "frog",
  "cat",
  "dog",
  "sheep",
  "llama",
  "cow",
  "elephant",
  "whale",
];

/** Questions that have one answer each. */
export const singleFacts: readonly (readonly [
  question: readonly string[],
  answer: string,
  short: string,
])[] = [
  [
    ["What is a llama?", "Tell me about llamas.", "What are llamas?"],
    "A llama is an animal with soft wool. Llamas live in the mountains of South America.",
    "An animal",
  ],
  [
    ["What is a cria?", "What is a baby llama called?", "What does cria mean?"],
    "A cria is a baby llama.",
    "A baby llama",
  ],
  [
    ["What is Llama 2?", "Tell me about Llama 2.", "What do you know about Llama 2?"],
    "Llama 2 is a language model that Meta published in 2023.",
    "A language model",
  ],
  [["Who made Llama 2?", "Who published Llama 2?"], "Meta made Llama 2.", "Meta"],
  [
    ["How many days are in a week?", "How many days does a week have?"],
    "A week has seven days.",
    "Seven",
  ],
  [
    ["How many months are in a year?", "How many months does a year have?"],
    "A year has twelve months.",
    "Twelve",
  ],
  [
    ["How many hours are in a day?", "How many hours does a day have?"],
    "A day has 24 hours.",
    "24",
  ],
  [
    ["How many minutes are in an hour?", "How many minutes does an hour have?"],
    "An hour has 60 minutes.",
    "60",
  ],
  [["What do bees make?", "What does a bee make?"], "Bees make honey.", "Honey"],
  [["What do cows give?", "Where does milk come from?"], "Cows give milk.", "Milk"],
  [
    ["What shines at night?", "What can I see in the sky at night?"],
    "The moon and the stars shine at night.",
    "The moon",
  ],
  [["What is ice?", "What is ice made of?"], "Ice is frozen water.", "Frozen water"],
  [
    ["What is the largest animal?", "Which animal is the biggest?"],
    "The whale is the largest animal.",
    "The whale",
  ],
  [
    ["What comes after winter?", "Which season comes after winter?"],
    "Spring comes after winter.",
    "Spring",
  ],
];

/** Small jokes: a question and its answer. */
export const jokes = [
  "Why did the llama cross the road? The grass was greener there.",
  "What does a snowman eat for lunch? An iceberger.",
  "Why do bees hum? They do not know the words.",
  "What do you call a sleeping cow? A lazy calf.",
  "Why is the book so sad? It has a blue cover.",
  "What did one wall say to the other? Meet me at the corner.",
] as const;
