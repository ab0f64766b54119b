/**
 * Milliseconds of the processor since `process.cpuUsage()` gave `before`: for texts made to be slow, where the wall clock would count what else
 * the machine does. The bounds are ten times of what is needed; what is not linear in the length misses them by far.
 */
export function processorMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
