// Checks that whoever installs a package can import it and finds its types, in what would be published.
import { basename } from "node:path";
import { packPackages } from "./pack-packages.mjs";
import { captureTool } from "./run-tool.mjs";

for (const tarball of await packPackages()) {
  const publint = await captureTool("publint", ["run", "--strict", tarball]);
  const attw = await captureTool("@arethetypeswrong/cli", [
    tarball,
    "--profile=esm-only",
    "--no-definitely-typed",
  ]);
  console.log(basename(tarball));
  for (const { code, output } of [publint, attw]) {
    if (code === 0) continue;
    process.stdout.write(output);
    process.exitCode = 1;
  }
}
