using System.Security.Cryptography;
using Kling.Support;

namespace Kling.Sandbox;

/// <summary>How a sandbox behaves. Everything has a default that suits a demo.</summary>
public sealed class SandboxOptions
{
    /// <summary>Time from acceptance to the first result. The k-th further result follows after another quarter of it each. Default 2 seconds.</summary>
    public TimeSpan GenerationDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest time to the first result; each task's own lies evenly spread between <see cref="GenerationDelay"/> and this,
    /// drawn from <see cref="Seed"/>. Default: no spread.
    /// </summary>
    public TimeSpan? MaxGenerationDelay { get; init; }

    /// <summary>The clock that generation, expiry and the ledger go by; a settable one gives virtual time. Default: the machine's.</summary>
    public IClock Clock { get; init; } = new SystemClock();

    /// <summary>Start of the random numbers that become the results' <c>seed</c>; the same value repeats them in order of acceptance.</summary>
    public int Seed { get; init; }

    /// <summary>What a repeated task id does. Default <see cref="RepeatedIdMode.Refuse"/>.</summary>
    public RepeatedIdMode RepeatedIdMode { get; init; } = RepeatedIdMode.Refuse;

    /// <summary>How a look at an id that was never accepted is answered. Default <see cref="UnknownIdMode.Processing"/>.</summary>
    public UnknownIdMode UnknownIdMode { get; init; } = UnknownIdMode.Processing;

    /// <summary>
    /// Whether a task may only use images that were uploaded here or came inside a request; off by default, since a demo
    /// uses any id. Simulated: how the service answers an id it does not know was not seen.
    /// </summary>
    public bool StrictMedia { get; init; }

    /// <summary>The balance in USD when none is given.</summary>
    public const decimal DefaultBalance = 1000m;

    /// <summary>Faults in force from the start, tried in this order.</summary>
    public IReadOnlyList<SandboxFault> Faults { get; init; } = [];

    /// <summary>The account's balance at the start in USD; a task that the rest cannot cover is refused with HTTP 402. Default <see cref="DefaultBalance"/>.</summary>
    public decimal Balance { get; init; } = DefaultBalance;

    /// <summary>
    /// The only key it takes. Another one for each start, so that no web page and no other user of the machine can make the sandbox do
    /// anything.
    /// </summary>
    public string ApiKey { get; init; } = "sandbox-" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>
    /// The ports of this machine that webhooks and uploads are sent to. None by default: the addresses may come from a manifest of others,
    /// and any program of this machine may listen there.
    /// </summary>
    public IReadOnlyList<int> DeliveryPorts { get; init; } = [];

    /// <summary>How long a connection may be idle, or a request take to arrive. Default 2 minutes.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>TCP port on 127.0.0.1; 0, the default, lets the system choose a free one.</summary>
    public int Port { get; init; }
}

/// <summary>What happens to a submit whose <c>taskUUID</c> was accepted before. Sources disagree on the service, so both are here.</summary>
public enum RepeatedIdMode
{
    /// <summary>The repeat is refused with HTTP 400 <c>conflictTaskUUID</c>, and nothing more is billed (protocol note, errors).</summary>
    Refuse,

    /// <summary>The repeat is run and billed again under the same id; looks show the newest run. The worst case for a client that re-sends.</summary>
    Charge,
}

/// <summary>How a <c>getResponse</c> about an id that was never accepted is answered; sources saw all three (protocol note, polling).</summary>
public enum UnknownIdMode
{
    /// <summary><c>status: processing</c> with the task type <c>getResponse</c>, as for a running task.</summary>
    Processing,

    /// <summary>An error with the code <c>taskNotFound</c>; HTTP 404 when the reply holds nothing else.</summary>
    TaskNotFound,

    /// <summary>The id is left out, so that <c>data</c> may be empty.</summary>
    EmptyData,
}
