/** Says what happens and roughly how long it takes, and afterwards how long it took. */
export async function withProgress<T>(title: string, estimate: string, action: () => Promise<T>): Promise<T> {
  const start = performance.now();
  console.log(`${title} (${estimate}) …`);
  const result = await action();
  console.log(`${title}: done in ${Math.round((performance.now() - start) / 1000)} s`);
  return result;
}
