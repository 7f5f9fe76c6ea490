// Package address knows what a user may write as an address, and which addresses need protection: one that
// other machines reach is refused without a secret, certificates, or the user's word that it may be open.
// It also says how others reach a listener, and what to do when one cannot be opened. It opens nothing.
package address
