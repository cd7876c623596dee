import { spawn } from "node:child_process";
import { constants } from "node:os";

/** Set for the second start, so that there is no third. */
const MARK = "LLAMA2_SERVER_PROVISIONED";

/** What is known of this package's own `package.json`. */
export interface OwnPackage {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Whether an error says that one of the packages which run models is not installed. They are optional, as whoever
 * mounts the handler in an app of his own, or has it hide a key, needs no llama.cpp of several hundred megabytes.
 */
export function isMissingPeer(error: unknown, { peerDependencies = {} }: OwnPackage): boolean {
  const { code, message = "" } = error as { code?: string; message?: string };
  const names = Object.keys(peerDependencies);
  return code === "ERR_MODULE_NOT_FOUND" && names.some((name) => message.includes(`'${name}'`));
}

/** The command that has them installed beside this package, in npm's cache, and starts it again. */
export function npxArguments(own: OwnPackage, args: readonly string[]): string[] {
  const packages = { [own.name]: own.version, ...own.peerDependencies };
  const flags = Object.entries(packages).map(([name, range]) => `--package=${name}@${range}`);
  return [...flags, "--", "llama2-server", ...args];
}

/**
 * Starts this program again with the packages that are missing; npx asks before it installs.
 *
 * @returns the exit code
 */
export async function startWithPeers(own: OwnPackage, args: readonly string[]): Promise<number> {
  const command = npxArguments(own, args);
  // npx is a script there, which only a shell starts, and a shell would take the arguments apart.
  if (process.env[MARK] !== undefined || process.platform === "win32") {
    process.stderr.write(`To run models, start it so: npx ${command.join(" ")}\n`);
    return 1;
  }
  process.stderr.write(
    "To run models, this needs @llama2-kit/inference, which npx installs once …\n",
  );
  const child = spawn("npx", command, { stdio: "inherit", env: { ...process.env, [MARK]: "1" } });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGTERM", pass);
  process.on("SIGINT", () => {}); // the terminal tells the child by itself
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}
