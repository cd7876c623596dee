import { render } from "preact";

const root = document.getElementById("app");
if (root) render(<p>Llama 2</p>, root);
