// Requests of which only the newest counts.

/**
 * A function that sends at most one request at a time. What is asked meanwhile waits, the newest
 * only, and is sent when the answer is there.
 * @param {(values: any) => Promise<any>} send
 * @param {(frame: any, values: any) => void} done
 * @param {(error: Error, values: any) => void} failed
 * @returns {(values: any) => void}
 */
export function latestOnly(send, done, failed) {
  let busy = false;
  let next = null;

  async function run(values) {
    busy = true;
    try {
      done(await send(values), values);
    } catch (error) {
      failed(error, values);
    }
    busy = false;
    if (next) {
      const { values: newest } = next;
      next = null;
      run(newest);
    }
  }

  return (values) => {
    if (busy) next = { values };
    else run(values);
  };
}

/**
 * A function that sends one request after the other. `values` may be a function, which is called when
 * its turn has come; if it gives null, nothing is sent.
 * @param {(name: string, values: any) => Promise<any>} send
 * @returns {(name: string, values: any) => Promise<any>}
 */
export function inOrder(send) {
  let last = Promise.resolve();
  return (name, values) => {
    const next = async () => {
      const given = typeof values === "function" ? values() : values;
      return given === null ? null : send(name, given);
    };
    const answer = last.then(next, next);
    last = answer;
    return answer;
  };
}
