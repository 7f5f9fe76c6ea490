// Package secret holds the one thing that both ends of a connection know: a passphrase or a generated
// secret. It tells good ones from bad ones, makes keys of them, and slows down whoever tries wrong ones.
// It opens no connection; packages secure and session do that with the keys.
//
// A Secret never shows what it holds: not when it is printed, logged, marshalled or compared in a test.
package secret
