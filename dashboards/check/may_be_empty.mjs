// The queries that may find nothing in a fleet in which all is well; each with its reason, at most five in all.
export const kMayBeEmpty = [
  { board: 'fleet-api', panel: 'Endpoints', query: 'B', reason: 'The age of the oldest waiting webhook is absent while none waits.' },
];
