package tcp

import "net"

// isSelf reports whether a connection to a port of this machine that nobody listens on got hold of
// itself, which TCP allows when the system happens to choose that port for our own end.
func isSelf(conn net.Conn) bool {
	return conn.LocalAddr().String() == conn.RemoteAddr().String() && conn.LocalAddr().Network() == "tcp"
}

// below gives the connection that carries another one: that under TLS, or the same.
func below(conn net.Conn) net.Conn {
	if upper, ok := conn.(interface{ NetConn() net.Conn }); ok {
		return upper.NetConn()
	}
	return conn
}
