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

    /// <summary>
    /// The environment variable with the address of the sandbox that this process uses. A process that it starts (Start-Job, pwsh) inherits
    /// it, and so does not go live although the key is there.
    /// </summary>
    internal const string SandboxVariable = "KLING_SANDBOX";

    // The name of the variable, which is no value of a hole.
    private static CommandLine GoLive => $"Remove-Item Env:KLING_SANDBOX; Connect-Kling # live";

    /// <summary>The environment variable with that sandbox's key, which is another one for each start.</summary>
    internal const string SandboxKeyVariable = "KLING_SANDBOX_KEY";

    private const string Chosen = "Connect-Kling";
    private const string Inherited = "Inherited";
    private static readonly object s_lock = new();
    private static KlingServices? s_services;
    private static KlingConnection s_connection = new();
    private static bool s_choiceMade;

    // Whether the variable says what this process chose, not what it inherited.
    private static bool s_isOwnChoice;

    /// <summary>The sandbox of this process; null when none runs.</summary>
    internal static SandboxServer? Sandbox { get; private set; }

    /// <summary>The connection; without one, what the next call would connect to.</summary>
    /// <exception cref="InputException">The next call would find an address that may not be used.</exception>
    internal static KlingConnection Connection
    {
        get
        {
            lock (s_lock)
            {
                return s_services is null && ChooseUnasked() is UnaskedChoice next
                    ? Describe(next.Endpoint, next.Source, next.KeySource, isConnected: false)
                    : s_connection;
            }
        }
    }

    /// <summary>Whether <see cref="Address"/> is known without a choice of the user's.</summary>
    internal static bool HasAddress
    {
        get
        {
            lock (s_lock)
            {
                return s_services is not null || !s_choiceMade;
            }
        }
    }

    /// <summary>The address whose journal is meant, without connecting and without a key.</summary>
    /// <exception cref="InputException">The session was disconnected and does not choose by itself.</exception>
    internal static Uri Address()
    {
        lock (s_lock)
        {
            return s_services?.Api.Endpoint ?? (s_choiceMade ? throw NotConnected() : InheritedSandbox() ?? ChooseEndpoint(null));
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

    /// <summary>The sandbox that this process has from the one that started it; null when there is none, or something else was connected to.</summary>
    /// <exception cref="InputException">The variable names no sandbox on this machine. Nothing goes live instead.</exception>
    internal static Uri? InheritedSandbox()
    {
        string? text = s_isOwnChoice ? null : Environment.GetEnvironmentVariable(SandboxVariable);
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return Uri.TryCreate(text.Trim(), UriKind.Absolute, out Uri? sandbox) && sandbox is { Scheme: "http" or "https", IsLoopback: true, UserInfo: "", Query: "", Fragment: "" }
            ? KlingEndpoint.Parse(text)
            : throw new InputException(ErrorCatalog.InvalidEndpoint,
                $"{SandboxVariable}: '{(text.Contains("://") ? Masking.Address(text) : Masking.Of(text))}' was given; allowed: the address of a sandbox on this machine, or no variable.",
                GoLive);
    }

    /// <summary>The key of the inherited sandbox. Without one it refuses every call, and nothing goes live instead.</summary>
    internal static string InheritedKey() =>
        Environment.GetEnvironmentVariable(SandboxKeyVariable) is { } key && !string.IsNullOrWhiteSpace(key) ? key : "no-key";

    /// <summary>The journal of an address, without connecting; of <see cref="Address"/> when left out.</summary>
    /// <exception cref="InputException">No address was given, and the session does not choose one by itself.</exception>
    /// <exception cref="JournalException">There is no folder for the journal.</exception>
    internal static TaskJournal OpenJournal(Uri? endpoint = null) => new JournalFolder().Open(endpoint ?? Address(), SystemClock.Instance);

    /// <summary>The index of what was uploaded to <see cref="Address"/>.</summary>
    /// <exception cref="InputException">The session does not choose an address by itself.</exception>
    /// <exception cref="JournalException">There is no folder for it.</exception>
    internal static UploadIndex OpenUploads()
    {
        lock (s_lock)
        {
            return s_services?.Uploads ?? new JournalFolder().OpenUploads(Address(), SystemClock.Instance);
        }
    }

    /// <summary>SHA-256 of the bytes that were uploaded as this media id from here; null when that is not known.</summary>
    internal static string? UploadedHash(Guid mediaId)
    {
        lock (s_lock)
        {
            try
            {
                return OpenUploads().HashOf(mediaId);
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

            UnaskedChoice next = ChooseUnasked() ?? throw new InputException(ErrorCatalog.NotConnected,
                $"No API key: neither Connect-Kling was called nor {KeyVariable} is set. Without a key, try it at no cost: Start-KlingSandbox; Connect-Kling -Sandbox.",
                $"Connect-Kling -ApiKey (Read-Host -AsSecureString)");
            if (next.Source == Inherited)
            {
                RequireAnswer(next.Endpoint);
            }

            return Use(new KlingServices(next.Endpoint, KlingKeys.FromText(next.Key)), next.Source, next.KeySource);
        }
    }

    /// <summary>Makes sure that the inherited sandbox is still there.</summary>
    /// <exception cref="InputException">It is gone.</exception>
    internal static void RequireAnswer(Uri sandbox)
    {
        if (!SandboxServer.Answers(sandbox))
        {
            throw new InputException(ErrorCatalog.NotConnected,
                $"The sandbox at {sandbox.AbsoluteUri} is gone. This process inherited it ({SandboxVariable}) from the one that started it, and does not go live instead.",
                GoLive);
        }
    }

    internal static void Connect(KlingServices services, string keySource, bool isInherited)
    {
        lock (s_lock)
        {
            Use(services, isInherited ? Inherited : Chosen, keySource);
        }
    }

    /// <summary>Opens a connection for a command that is about to send, where it is known to which address. The request need not wait for it then.</summary>
    internal static void OpenConnection()
    {
        lock (s_lock)
        {
            s_services?.OpenConnection();
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
                ApiKey = server.ApiKey,
                TaskCount = server.Engine.TaskCount,
                TotalBilled = server.Engine.TotalBilled,
                RequestCount = server.Engine.RequestCount,
                Charges = [.. server.Engine.Charges],
                Requests = [.. server.Engine.Log],
            };
    }

    private static InputException NotConnected() => new(ErrorCatalog.NotConnected,
        "This session is not connected: it was disconnected, or its sandbox was stopped. It does not go live by itself.",
        $"Connect-Kling");

    /// <summary>What a call connects to where no cmdlet has chosen; null where there is no key, or a cmdlet has chosen to be disconnected.</summary>
    private static UnaskedChoice? ChooseUnasked()
    {
        string? key = s_choiceMade ? null : Environment.GetEnvironmentVariable(KeyVariable);
        bool hasKey = !string.IsNullOrWhiteSpace(key);
        if (!s_choiceMade && InheritedSandbox() is Uri sandbox)
        {
            // A key of the environment goes there only where the environment names that address too.
            return hasKey && ChooseEndpoint(null) == sandbox
                ? new UnaskedChoice(sandbox, key!, Inherited, "Environment")
                : new UnaskedChoice(sandbox, InheritedKey(), Inherited, "Sandbox");
        }

        return hasKey ? new UnaskedChoice(ChooseEndpoint(null), key!, "Environment", "Environment") : null;
    }

    private static KlingServices Use(KlingServices services, string source, string keySource)
    {
        // What is replaced is not disposed: another runspace may still be waiting for work on that connection.
        s_services = services;
        Uri endpoint = services.Api.Endpoint;
        s_connection = Describe(endpoint, source, keySource, isConnected: true);
        s_choiceMade |= source == Chosen || endpoint.IsLoopback;
        s_isOwnChoice |= source != Inherited;

        // Disconnect-Kling and Stop-KlingSandbox leave it: what a process starts then does not go live by itself either.
        Environment.SetEnvironmentVariable(SandboxVariable, endpoint.IsLoopback ? endpoint.AbsoluteUri : null);
        if (source != Inherited)
        {
            Environment.SetEnvironmentVariable(SandboxKeyVariable, Sandbox?.Endpoint == endpoint ? Sandbox.ApiKey : null);
        }

        return services;
    }

    private static KlingConnection Describe(Uri endpoint, string source, string keySource, bool isConnected) => new()
    {
        IsConnected = isConnected,
        Endpoint = endpoint.AbsoluteUri,
        Mode = endpoint.IsLoopback ? "Sandbox" : "Live",
        Source = source,
        KeySource = keySource,
    };

    /// <summary>A connection that no cmdlet was asked for.</summary>
    private sealed record UnaskedChoice(Uri Endpoint, string Key, string Source, string KeySource);
}
