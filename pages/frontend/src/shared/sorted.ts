// Lists in order, and reading from lists whose length the caller knows.

// The element at an index that is inside the list.
export function known<T>(list: ArrayLike<T>, index: number): T {
  return list[index] as T;
}

// The last index below `count` for which `holds` is true, or -1; true must come before false.
export function lastWhere(count: number, holds: (index: number) => boolean): number {
  let low = -1;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

// The index of the last value that is not above `value`, or -1.
export const lastAtMost = (sorted: ArrayLike<number>, value: number): number =>
  lastWhere(sorted.length, (index) => known(sorted, index) <= value);
