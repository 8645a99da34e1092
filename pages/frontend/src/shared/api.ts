// JSON routes of this server: what they answer, or an Error with its sentence.

export type Parameters = Record<string, string | number>;

export async function ask<Answer>(address: string, parameters: Parameters, options: RequestInit = {}): Promise<Answer> {
  const query = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  let answer: Response;
  try {
    answer = await fetch(`${address}?${query}`, { ...options, cache: "no-store", credentials: "same-origin" });
  } catch {
    throw new Error("The server did not answer.");
  }
  let body: (Answer & { error?: string }) | null = null;
  try {
    body = await answer.json();
  } catch {
    // not JSON: said below
  }
  if (answer.ok && body) return body;
  throw new Error(body?.error || `The server answered ${answer.status} without a reason.`);
}

export const tell = <Answer>(
  address: string,
  parameters: Parameters,
  method: "POST" | "DELETE",
  value: unknown,
): Promise<Answer> =>
  ask<Answer>(address, parameters, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(value),
  });

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
