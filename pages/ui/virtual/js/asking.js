// A JSON route of this server: what it answers, or an Error with its sentence.

const tell = (address, parameters, method, value) => ask(address, parameters,
  { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) });

async function ask(address, parameters, options = {}) {
  let answer;
  try {
    answer = await fetch(`${address}?${new URLSearchParams(parameters)}`, { ...options, cache: "no-store", credentials: "same-origin" });
  } catch {
    throw new Error("The server did not answer.");
  }
  let body = null;
  try {
    body = await answer.json();
  } catch { /* not JSON: said below */ }
  if (answer.ok && body) return body;
  throw new Error(body?.error || `The server answered ${answer.status} without a reason.`);
}
