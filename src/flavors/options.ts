/** For editors: what the option means that most flavors have. */
export const ignore = 'Paths of members whose live value stays, whatever the manifest says: somebody else owns them.'
