// One page of a person works at a time; a second one waits and can only be looked at.
export function alone(name, { first, second }) {
  if (!navigator.locks) {
    first();
    return;
  }
  const held = () => new Promise(() => {}); // until the page goes away
  navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    if (lock) {
      first();
      return held();
    }
    second();
    navigator.locks.request(name, () => {
      location.reload();
      return held();
    });
    return undefined;
  });
}
