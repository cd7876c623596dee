/** What `--help` writes. */
export const HELP = `Usage: npm start -- [options]

A chat with a Llama 2 on this machine, in the browser.

What to talk to:
  --model <path or uri>     a GGUF file, hf:user/repository:quant or https://…
                            Without it, Cria: a Llama 2 of 10 MB, to try things with
  --adapter <name>=<path>   a LoRA adapter, to be switched on in the page; may be given several times
  --adapters-folder <path>  where adapters are written that are taught in the page, and found again (default adapters)

How to run it:
  --context-size <tokens>   tokens of a conversation; by default as many as the model was trained on
  --sequences <number>      answers at once, each with memory of its own (default 2)
  --gpu <kind>              auto (default), cuda, vulkan, metal or off
  --threads <number>        most CPU threads to compute with
  --cache-dir <folder>      where downloaded models are kept

Who may use it:
  --port <number>           by default 8080, or the next one that is free; 0 takes any
  --host <address>          default 127.0.0.1: this machine alone
  --share                   lets other machines of your network use it, with a key, and says at which address
  --api-key <key>           the key, which --share else makes anew at every start; may be given several times.
                            Better in the variable LLAMA2_API_KEY (several with commas), which other users of
                            this machine cannot see
  --allow-host <name>       a host that requests may name, behind a proxy; may be given several times

  --version, --help
`;
