/** From the root on. */
export function stepsOf(trail) {
    const steps = [];
    for (let link = trail; link; link = link.up)
        steps.push(link.step);
    return steps.reverse();
}
