// Asks a registry for what is too large, in a process of its own: node memoryProbe.ts <url>; prints the growth in bytes
import { openClient } from '../openClient.ts';

const [url = ''] = process.argv.slice(2);
const { host } = new URL(url);
const client = await openClient();
const ask = async (): Promise<void> => {
  for (const asking of [
    () => client.gantry.listTags(`${host}/shop/list`),
    () => client.gantry.inspect(`${host}/shop/manifest:1.0`),
    () => client.gantry.listTags(`${host}/shop/error`),
    () => client.gantry.listTags(`${host}/shop/token`),
  ]) {
    await asking().then(
      () => Promise.reject(new Error('It was taken.')),
      () => {},
    );
  }
};
let peak = 0;
const measure = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
// What is loaded and compiled at the first use is no growth.
await client.gantry.listTags(`${host}/shop/small`);
const before = process.memoryUsage.rss();
const timer = setInterval(measure, 5);
await ask();
clearInterval(timer);
measure();
await client.close();
process.stdout.write(String(peak - before));
