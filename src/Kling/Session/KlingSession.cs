using Kling.Client;
using Kling.Journal;
using Kling.Sandbox;

namespace Kling.Session;

/// <summary>
/// The process's connection and sandbox, shared by all runspaces. Live and sandbox are kept apart: after a session has used a
/// sandbox or was disconnected, it does not go live again without Connect-Kling.
/// </summary>
internal static class KlingSession
{
    internal const string KeyVariable = "RUNWARE_API_KEY";

    private static readonly object s_lock = new();
    private static KlingServices? s_services;
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
            return s_services?.Api.Endpoint ?? (s_choiceMade ? throw NotConnected() : ChooseEndpoint(null));
        }
    }

    /// <summary>The address that was given; otherwise that of the environment, otherwise the public one.</summary>
    /// <exception cref="InputException">It is no address that may be used.</exception>
    internal static Uri ChooseEndpoint(string? given)
    {
        string? text = given ?? Environment.GetEnvironmentVariable(KlingEndpoint.EnvironmentVariable);
        try
        {
            return KlingEndpoint.Parse(string.IsNullOrWhiteSpace(text) ? KlingEndpoint.DefaultAddress : text);
        }
        catch (ArgumentException invalid)
        {
            throw new InputException(ErrorCatalog.InvalidEndpoint, invalid.Message);
        }
    }

    /// <summary>The journal of an address, without connecting; of <see cref="Address"/> when left out.</summary>
    /// <exception cref="InputException">No address was given, and the session does not choose one by itself.</exception>
    /// <exception cref="JournalException">There is no folder for the journal.</exception>
    internal static TaskJournal OpenJournal(Uri? endpoint = null) => new JournalFolder().Open(endpoint ?? Address(), SystemClock.Instance);

    /// <summary>SHA-256 of the bytes that were uploaded as this media id from here; null when that is not known.</summary>
    internal static string? UploadedHash(Guid mediaId)
    {
        lock (s_lock)
        {
            try
            {
                UploadIndex index = s_services?.Uploads ?? new JournalFolder().OpenUploads(Address(), SystemClock.Instance);
                return index.HashOf(mediaId);
            }
            catch (Exception unknown) when (unknown is InputException or JournalException)
            {
                // Then the image is known by its id only.
                return null;
            }
        }
    }

    /// <summary>The services of the connection. The first use connects with the key of the environment.</summary>
    /// <exception cref="InputException">There is no connection and none may be made.</exception>
    internal static KlingServices Services()
    {
        lock (s_lock)
        {
            if (s_services is not null)
            {
                return s_services;
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

            return Use(new KlingServices(ChooseEndpoint(null), KlingKeys.FromText(key)), "Environment", explicitly: false);
        }
    }

    internal static void Connect(KlingServices services, string keySource)
    {
        lock (s_lock)
        {
            Use(services, keySource, explicitly: true);
        }
    }

    internal static void Disconnect()
    {
        lock (s_lock)
        {
            s_services = null;
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

    /// <summary>The process's sandbox as an object.</summary>
    internal static KlingSandboxInfo DescribeSandbox()
    {
        SandboxServer? server = Sandbox;
        return server is null
            ? new KlingSandboxInfo()
            : new KlingSandboxInfo
            {
                IsRunning = true,
                Endpoint = server.Endpoint.AbsoluteUri,
                TaskCount = server.Engine.TaskCount,
                TotalBilled = server.Engine.TotalBilled,
                RequestCount = server.Engine.RequestCount,
                Charges = [.. server.Engine.Charges],
                Requests = [.. server.Engine.Log],
            };
    }

    private static InputException NotConnected() => new(ErrorCatalog.NotConnected,
        "This session is not connected: it was disconnected, or its sandbox was stopped. It does not go live by itself.",
        "Connect-Kling");

    private static KlingServices Use(KlingServices services, string keySource, bool explicitly)
    {
        // What is replaced is not disposed: another runspace may still be waiting for work on that connection.
        s_services = services;
        Uri endpoint = services.Api.Endpoint;
        s_connection = new KlingConnection
        {
            IsConnected = true,
            Endpoint = endpoint.AbsoluteUri,
            Mode = endpoint.IsLoopback ? "Sandbox" : "Live",
            KeySource = keySource,
        };
        s_choiceMade |= explicitly || endpoint.IsLoopback;
        return services;
    }
}
