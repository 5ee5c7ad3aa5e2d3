using Kling.Errors;
using Kling.Journal;
using Kling.Models;
using Kling.Sandbox;
using Kling.Support;

namespace Kling.Session;

/// <summary>
/// The process's connection and sandbox, shared by all runspaces. Live and sandbox are apart: once a sandbox or an
/// endpoint was chosen, nothing goes live again without Connect-Kling.
/// </summary>
internal static class KlingSession
{
    internal const string KeyVariable = "RUNWARE_API_KEY";

    private static readonly object s_lock = new();
    private static KlingEngine? s_engine;
    private static KlingConnection s_connection = new();
    private static bool s_choiceMade;

    /// <summary>The sandbox of this process; null when none runs.</summary>
    internal static SandboxServer? Sandbox { get; private set; }

    internal static KlingConnection Connection
    {
        get
        {
            lock (s_lock)
            {
                return s_connection;
            }
        }
    }

    /// <summary>The address whose journal is meant, without connecting and without a key.</summary>
    /// <exception cref="InputException">The session was disconnected and does not choose by itself.</exception>
    internal static Uri Address()
    {
        lock (s_lock)
        {
            return s_engine?.Api.Endpoint ?? (s_choiceMade ? throw NotConnected() : KlingEndpoints.Resolve(null));
        }
    }

    /// <summary>SHA-256 of the bytes that were uploaded as this media id from here; null when that is not known.</summary>
    internal static string? UploadedHash(Guid mediaId)
    {
        lock (s_lock)
        {
            try
            {
                UploadIndex index = s_engine?.Uploads ?? new JournalFolder().OpenUploads(Address(), SystemClock.Instance);
                return index.HashOf(mediaId);
            }
            catch (Exception unknown) when (unknown is InputException or JournalException)
            {
                // Then the image is known by its id only.
                return null;
            }
        }
    }

    /// <summary>The engine to use, connecting from the environment on first use.</summary>
    /// <exception cref="InputException">There is no connection and none may be made.</exception>
    internal static KlingEngine Engine()
    {
        lock (s_lock)
        {
            if (s_engine is not null)
            {
                return s_engine;
            }

            if (s_choiceMade)
            {
                throw NotConnected();
            }

            string? key = Environment.GetEnvironmentVariable(KeyVariable);
            if (string.IsNullOrWhiteSpace(key))
            {
                throw new InputException(ErrorCatalog.NotConnected,
                    $"No API key: neither Connect-Kling was called nor {KeyVariable} is set. Without a key, try it at no cost: Start-KlingSandbox; Connect-Kling -Sandbox.",
                    "Connect-Kling -ApiKey (Read-Host -AsSecureString)");
            }

            return Use(new KlingEngine(KlingEndpoints.Resolve(null), KlingKeys.FromText(key!)), "Environment", explicitly: false);
        }
    }

    internal static void Connect(KlingEngine engine, string keySource)
    {
        lock (s_lock)
        {
            Use(engine, keySource, explicitly: true);
        }
    }

    internal static void Disconnect()
    {
        lock (s_lock)
        {
            s_engine = null;
            s_connection = new KlingConnection();
            s_choiceMade = true;
        }
    }

    internal static SandboxServer StartSandbox(SandboxOptions options)
    {
        lock (s_lock)
        {
            return Sandbox ??= new SandboxServer(options);
        }
    }

    internal static void StopSandbox()
    {
        lock (s_lock)
        {
            SandboxServer? sandbox = Sandbox;
            if (sandbox is null)
            {
                return;
            }

            Sandbox = null;
            if (s_connection.Endpoint == sandbox.Endpoint.AbsoluteUri)
            {
                Disconnect();
            }

            sandbox.Dispose();
        }
    }

    private static InputException NotConnected() => new(ErrorCatalog.NotConnected,
        "This session is not connected: it was disconnected, or its sandbox was stopped. It does not go live by itself.",
        "Connect-Kling");

    private static KlingEngine Use(KlingEngine engine, string keySource, bool explicitly)
    {
        // An engine that is replaced is not disposed: work of another runspace may still be waiting on it.
        s_engine = engine;
        Uri endpoint = engine.Api.Endpoint;
        s_connection = new KlingConnection
        {
            IsConnected = true,
            Endpoint = endpoint.AbsoluteUri,
            Mode = endpoint.IsLoopback ? "Sandbox" : "Live",
            KeySource = keySource,
        };
        s_choiceMade |= explicitly || endpoint.IsLoopback;
        return s_engine;
    }
}
