// node-llama-cpp's arm builds also name x64 as their processor (to cross-compile on), so an x64 checkout
// would download binaries that it cannot run. This corrects what they say of themselves in our lockfile.
const processorOf = {
  "@node-llama-cpp/linux-arm64": "arm64",
  "@node-llama-cpp/linux-armv7l": "arm",
  "@node-llama-cpp/mac-arm64-metal": "arm64",
  "@node-llama-cpp/win-arm64": "arm64",
};

function readPackage(manifest) {
  const cpu = processorOf[manifest.name];
  if (cpu) manifest.cpu = [cpu];
  return manifest;
}

module.exports = { hooks: { readPackage } };
