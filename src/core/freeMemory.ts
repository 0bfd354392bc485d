/**
 * Gives the memory of a buffer back at once; it is empty afterwards. Left to the garbage collector, tens of megabytes may wait
 * for it at any time, and it searches the whole heap for them again and again.
 */
export function freeMemory(buffer: ArrayBuffer): void {
  // Of ECMAScript 2024, which the types do not know yet.
  (buffer as ArrayBuffer & { transfer(length: number): ArrayBuffer }).transfer(0);
}
