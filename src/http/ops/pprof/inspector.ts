import { Session } from 'node:inspector';

/** A connection to the engine's own inspector. */
export type Inspector = {
  post<T = unknown>(method: string, params?: object): Promise<T>;
  on(event: string, listener: (params: unknown) => void): () => void;
  close(): void;
};

/** Connects to the inspector of this process; nothing is opened to the outside. */
export function openInspector(): Inspector {
  const session = new Session();
  session.connect();
  return {
    post: <T>(method: string, params: object = {}) =>
      new Promise<T>((resolve, reject) => {
        session.post(method, params, (error, result) =>
          error ? reject(inspectorError(method, error)) : resolve(result as T),
        );
      }),
    on: (event, listener) => {
      const receive = (message: { params: unknown }) => listener(message.params);
      session.on(event, receive);
      return () => session.off(event, receive);
    },
    close: () => session.disconnect(),
  };
}

function inspectorError(method: string, error: Error): Error {
  return new Error(`${method}: ${error.message}`, { cause: error });
}
