// Asks a registry for what is too large, in a process of its own: node memoryProbe.ts <url> list|manifest|error|token
// prints the growth in bytes
import { openClient } from '../openClient.ts';

const [url = '', question = ''] = process.argv.slice(2);
const { host } = new URL(url);
const client = await openClient();
const image = `${host}/shop/${question}`;
let peak = 0;
const measure = (): void => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
// What is loaded and compiled at the first use is no growth.
await client.gantry.listTags(`${host}/shop/small`);
const before = process.memoryUsage.rss();
const timer = setInterval(measure, 5);
const isTaken = await (question === 'manifest'
  ? client.gantry.inspect(`${image}:1.0`)
  : client.gantry.listTags(image)
).then(
  () => true,
  () => false,
);
clearInterval(timer);
measure();
await client.close();
if (isTaken) throw new Error(`${question} was taken.`);
process.stdout.write(String(peak - before));
