using System.Net.Sockets;
using System.Security.Authentication;

namespace Kling.Client;

/// <summary>Judges what the HTTP stack threw.</summary>
internal static class TransportFault
{
    /// <summary>
    /// Whether the fault proves that no byte of the request left: the name was not found, nobody listened, there was no way
    /// there, or the encrypted connection was never set up. netstandard2.0 has no code on the exception itself.
    /// </summary>
    internal static bool NeverLeft(Exception fault)
    {
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
            {
                return true;
            }

            if (inner is SocketException socket)
            {
                return socket.SocketErrorCode is SocketError.HostNotFound or SocketError.ConnectionRefused
                    or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.TryAgain
                    or SocketError.NoData or SocketError.NoRecovery or SocketError.AddressNotAvailable;
            }
        }

        return false;
    }

    /// <summary>The messages of the fault and of what caused it, each once.</summary>
    internal static string Describe(Exception fault)
    {
        var messages = new List<string>();
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            string message = inner.Message.Trim();
            if (message.Length > 0 && !messages.Exists(other => other.IndexOf(message, StringComparison.Ordinal) >= 0))
            {
                messages.Add(message);
            }
        }

        return string.Join(" ", messages);
    }
}
