// Messages to a server by POST, and pushed frames by a streamed answer.

import { afterPaint } from "./dom.js";
import { FrameReader, Refused, accepted, decodeFrame } from "./frame.js";

/** The server cannot be reached. */
export class Unreachable extends Error {}

/** The server refuses the token, or there is none. */
export class NotAllowed extends Error {}

/**
 * @typedef {{request: (view: string, act: string, values?: any) => Promise<any>,
 *   table: (name: string, text: string) => Promise<any>,
 *   listen: (callback: (frame: any) => void, lost: (error: Error | null) => void) => () => void
 * }} Transport
 */

/**
 * The transport of the page in a browser.
 * @param {string | null} token
 * @returns {Transport}
 */
export function httpTransport(token) {
  const client = randomHex(16);
  let number = 0;

  async function post(path, body, signal) {
    if (!token) throw new NotAllowed("no token");
    let response;
    try {
      response = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal,
      });
    } catch (error) {
      throw new Unreachable(String(error));
    }
    if (response.status === 401 || response.status === 403) throw new NotAllowed("refused");
    return response;
  }

  async function frameFrom(path, body) {
    const response = await post(path, body);
    let buffer;
    try {
      buffer = await response.arrayBuffer();
    } catch (error) {
      throw new Unreachable(String(error));
    }
    if (!isFrame(buffer)) throw new Error(`the server answered ${response.status} without a frame`);
    return accepted(decodeFrame(buffer));
  }

  function request(view, act, values = {}) {
    number += 1;
    return frameFrom("/api/message", { view, do: act, id: number, with: values });
  }

  /** Says that a frame is drawn; a page that is slow gets fewer frames. */
  function acknowledge(drawn) {
    request("session", "acknowledge", { client, number: drawn }).catch(() => {});
  }

  function listen(callback, lost) {
    const control = new AbortController();
    let closed = false;

    async function once() {
      const response = await post("/api/stream", { client }, control.signal);
      if (!response.ok) {
        const answer = await response.arrayBuffer();
        if (isFrame(answer)) accepted(decodeFrame(answer));
        throw new Unreachable(`the stream answered ${response.status}`);
      }
      const bytes = response.body.getReader();
      const frames = new FrameReader();
      lost(null);
      for (;;) {
        const { done, value } = await bytes.read();
        if (done) return;
        for (const frame of frames.add(value)) {
          callback(frame);
          if (frame.number !== null) afterPaint(() => acknowledge(frame.number));
        }
      }
    }

    async function forever() {
      while (!closed) {
        try {
          await once();
        } catch (error) {
          if (closed) return;
          const isFinal = error instanceof NotAllowed || error instanceof Refused;
          lost(isFinal ? error : new Unreachable(String(error)));
          if (isFinal) return;
        }
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }

    forever();
    return () => {
      closed = true;
      control.abort();
    };
  }

  return { request, listen, table: (name, text) => frameFrom("/api/table", { name, text }) };
}

function isFrame(buffer) {
  return (
    buffer.byteLength >= 8 && new DataView(buffer).getUint32(0, true) + 4 === buffer.byteLength
  );
}

function randomHex(bytes) {
  const numbers = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(numbers, (each) => each.toString(16).padStart(2, "0")).join("");
}
