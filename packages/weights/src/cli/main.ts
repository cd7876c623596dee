// What `npx @llama2-kit/weights` runs.
process.stderr.write("not yet\n");
