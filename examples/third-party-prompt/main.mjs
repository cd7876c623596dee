// Calls somebody else's completion endpoint with the exact prompt that Llama 2 Chat was trained on:
//   ENDPOINT=https://api.example.com/v1/completions API_KEY=… MODEL=llama-2-70b-chat node main.mjs "What is a llama?"
import { formatChat } from "@llama2-kit/prompt";

const { ENDPOINT = "http://127.0.0.1:8080/v1/completions", API_KEY, MODEL } = process.env;
const [question = "My name is Zoe."] = process.argv.slice(2);

const messages = [{ role: "user", content: question }];

const response = await fetch(ENDPOINT, {
  method: "POST",
  headers: {
    "content-type": "application/json",
    ...(API_KEY && { authorization: `Bearer ${API_KEY}` }),
  },
  body: JSON.stringify({
    model: MODEL,
    // The server puts BOS in front of every prompt, and two of them make answers worse.
    prompt: formatChat(messages, { bos: false }),
    max_tokens: 200,
    temperature: 0,
  }),
});
const body = await response.json();
if (!response.ok) throw new Error(body.error?.message ?? response.statusText);
console.log(body.choices[0].text.trim());
