// What a page does that stands in for one that could not be reached: it looks again, until the box answers.

const AGAIN_MS = 5000;

setTimeout(() => location.reload(), AGAIN_MS);
