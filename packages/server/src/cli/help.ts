/** What `--help` writes. */
export const HELP = `Usage: llama2-server [options]

Serves a Llama 2 by OpenAI's API, with the main routes of Ollama and Text Generation Inference.

What to serve:
  --model <path or uri>     a GGUF file, hf:user/repository:quant or https://…; may be given several times.
                            Without it, Cria: a Llama 2 of 10 MB, to try things with
  --id <name>               the model's name; by default its file's
  --adapter <name>=<path>   a LoRA adapter, which callers ask for by its name; may be given several times
  --upstream <url>          another server of OpenAI's API, such as http://localhost:8000/v1, in a model's place.
                            Its key is taken from LLAMA2_UPSTREAM_KEY, and never shown to callers
  --upstream-model <name>   the model to ask it for

How to run it:
  --sequences <number>      conversations at once (default 4)
  --max-queue <number>      requests that may wait beside those (default 256)
  --context-size <tokens>   tokens of a conversation; by default as many as the model was trained on
  --gpu <kind>              auto (default), cuda, vulkan, metal or off
  --threads <number>        most CPU threads to compute with
  --cache-dir <folder>      where downloaded models are kept

Who may use it:
  --port <number>           default 8080; 0 takes a free one
  --host <address>          default 127.0.0.1: this machine alone
  --api-key <key>           a key that callers must send; may be given several times. Better in the variable
                            LLAMA2_API_KEY (several with commas), which other users of this machine cannot see
  --share                   lets everybody in who can reach this machine, without a key, and says where
  --cors <origin>           lets a web page use it, such as https://example.com, or * for all; several times
  --allow-host <name>       a host that requests may name, behind a proxy; may be given several times

  --drain <seconds>         how long answers may go on after SIGTERM (default 30)
  --quiet                   no line for each request
  --version, --help
`;
