import { badOption } from "../error.ts";

/** An output's name must be of its kind: a folder called `mine.gguf` would be taken for a file by whoever comes next. */
export function checkOutput(output: string, kind: "file" | "folder"): void {
  const isFileName = output.endsWith(".gguf");
  if (kind === "file" && !isFileName)
    throw badOption("output", output, "a name that ends with .gguf, as it becomes a GGUF");
  if (kind === "folder" && isFileName)
    throw badOption(
      "output",
      output,
      "a name that does not end with .gguf, as it becomes a folder",
    );
}
