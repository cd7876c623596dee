// English to make prompts of.

const sentences = [
  "Early in the morning the keeper opened the gate and let the llamas out onto the wet grass.",
  "Two of them ran straight to the river, while the others waited for breakfast under the oak.",
  "A small brown bird sat on the fence and sang until the sun came over the hill.",
  "The children from the village had brought apples, carrots and a basket of old bread.",
  "Nobody saw the fox, who lay in the tall weeds and counted the hens one by one.",
  "When the rain began, everybody hurried to the barn and shook the water from their coats.",
  "There the oldest llama told a story about a mountain that had lost its snow.",
  "It had asked the wind, the clouds and the moon, but none of them knew where it was.",
  "At last a little stream said that it had carried the snow down to the sea.",
  "The mountain was sad for a while, and then it was glad that the fields were green.",
  "Outside the thunder rolled away, and a rainbow stood over the roofs of the village.",
  "Someone laughed, someone yawned, and the bird flew home before it was dark.",
];

/**
 * Some sentences, one after another.
 *
 * @param {number} start which of them to begin with; any number will do
 * @param {number} count how many
 */
export function passage(start, count) {
  const chosen = [];
  for (let index = start; index < start + count; index++) {
    chosen.push(sentences[index % sentences.length]);
  }
  return chosen.join(" ");
}
