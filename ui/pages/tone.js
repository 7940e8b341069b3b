// What is heard and felt: good is one short high note and one short buzz, bad two low notes and two long buzzes.
// Browsers keep silent and still until a first gesture.

const notes = {
  good: [{ from: 0, long: 0.12, hertz: 1760 }],
  bad: [{ from: 0, long: 0.18, hertz: 220 }, { from: 0.26, long: 0.3, hertz: 180 }],
};

/** Milliseconds on, off, on. */
const buzzes = { good: [60], bad: [220, 80, 300] };

/** How often each tone was asked for, heard or not: read by the tests. */
const asked = { good: 0, bad: 0 };
Object.assign(globalThis, { floorhandTones: asked });

/** @type {AudioContext | null} */
let context = null;

/** Calls back with true when tones can be heard. @param {(heard: boolean) => void} changed */
export function watchSound(changed) {
  const sound = new AudioContext();
  context = sound;
  const tell = () => changed(sound.state === "running");
  sound.addEventListener("statechange", tell);
  for (const gesture of ["pointerdown", "keydown"])
    addEventListener(gesture, () => sound.state !== "running" && sound.resume());
  tell();
}

/** For who works with gloves, in noise. @param {"good" | "bad"} kind */
export function buzz(kind) {
  if (navigator.userActivation?.hasBeenActive)
    navigator.vibrate?.(buzzes[kind]);
}

/** @param {"good" | "bad"} tone */
export function play(tone) {
  asked[tone] += 1;
  if (context?.state !== "running")
    return;
  for (const note of notes[tone]) {
    const start = context.currentTime + note.from;
    const oscillator = new OscillatorNode(context, { type: tone === "good" ? "sine" : "square", frequency: note.hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.5, start + 0.005); // no click at either end
    volume.gain.setValueAtTime(0.5, start + note.long - 0.02);
    volume.gain.linearRampToValueAtTime(0, start + note.long);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + note.long);
  }
}
