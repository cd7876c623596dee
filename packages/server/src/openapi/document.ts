/** The description of the API. */
export function describeApi(): object {
  return {};
}
