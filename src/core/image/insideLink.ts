/**
 * The target of a symbolic link in a folder that stands for the root of an image: an absolute one becomes relative, and one
 * that goes up too far ends at the folder. `..` is left at the beginning only, and no more often than the link is deep: then
 * a link leads out neither by itself nor by way of others, since folders on its way are folders or links of this kind.
 */
export function insideLink(path: string, target: string): string {
  const depth = path.split('/').length - 1;
  const isAbsolute = target.startsWith('/');
  let ups = isAbsolute ? depth : 0;
  let isChanged = isAbsolute;
  const names: string[] = [];
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') names.push(part);
    else if (names.length > 0) {
      names.pop();
      isChanged = true;
    } else if (ups < depth) ups++;
    else isChanged = true;
  }
  if (!isChanged) return target;
  return [...Array.from({ length: ups }, () => '..'), ...names].join('/') || '.';
}
