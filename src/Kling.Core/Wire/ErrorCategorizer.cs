namespace Kling.Wire;

/// <summary>
/// Puts the service's codes into a few categories (protocol note, errors). There are hundreds of codes and no stable list. The
/// official mapping lacks some: <c>timeoutProvider</c>, <c>serviceOverloaded</c>, <c>internalError</c>, <c>serverError</c>, and the
/// provider's refusal of the service's own key, which is not the user's fault.
/// </summary>
internal static class ErrorCategorizer
{
    private static readonly HashSet<string> s_safety = Set(
        "contentPolicyViolation", "providerContentPolicyViolation", "sensitiveContentDetected", "unsafeContentDetected",
        "nsfwContentDetected", "promptBlocked", "imageBlocked", "moderationFailed");

    private static readonly HashSet<string> s_authentication = Set(
        "unauthorized", "forbidden", "permissionDenied", "insufficientPermissions", "authenticationFailed", "authFailed",
        "authTimeout", "invalidAuthentication", "invalidCredentials", "missingAuthentication",
        "tokenExpired", "tokenInvalid", "tokenMissing", "tokenRevoked",
        "accountSuspended", "accountDisabled", "organizationSuspended", "organizationDisabled", "workspaceSuspended", "workspaceDisabled");

    private static readonly HashSet<string> s_connection = Set(
        "connectionFailed", "notConnected", "notOpen", "reconnectionFailed", "disconnected");

    private static readonly HashSet<string> s_server = Set(
        "internalServerError", "internalError", "serverError", "serviceUnavailable", "serverUnavailable",
        "unrecognizedResponse", "errorRetrievingAccountManagement");

    // Codes without a meaning of their own. The HTTP status, if it has one, says more.
    private static readonly HashSet<string> s_generic = Set("standardError", "unknownError", "undefinedError", "defaultError", "error");

    private static readonly HashSet<string> s_provider = Set(
        "inferenceError", "processingFailed", "taskFailed", "downloadFailed", "uploadFailed", "noAvailableServer",
        "modelUnavailable", "modelDisabled", "modelNotReady", "mediaStorageFileCouldNotBeMoved");

    private static readonly HashSet<string> s_validation = Set(
        "unknownParameter", "incompatibleParameters", "mismatchProviderSettingsProvider", "unknownProviderSettingsProvider",
        "transparentModelMismatch", "modelOwnershipValidationError", "modelAlreadyExists", "validationFailed");

    private static readonly string[] s_validationStarts =
        ["invalid", "missing", "conflict", "duplicate", "unsupported", "value", "array", "max", "min"];

    /// <summary>The category of a code. The HTTP status decides where the code is missing or says nothing.</summary>
    internal static string Categorize(string? code, int? httpStatus = null)
    {
        string text = (code ?? "").Trim();
        string category = HttpErrors.TryStatus(text, out int own) ? ByStatus(own) : ByCode(text);
        if (category == KlingErrorCategory.Unknown || s_generic.Contains(text))
        {
            string byStatus = ByStatus(httpStatus);
            return byStatus != KlingErrorCategory.Unknown ? byStatus : category;
        }

        // These statuses have one meaning each; a general code beside them does not weaken it.
        return httpStatus is (401 or 402 or 429) && category is (KlingErrorCategory.Validation or KlingErrorCategory.Server)
            ? ByStatus(httpStatus)
            : category;
    }

    /// <summary>Why an unpaid call brought no answer: the service's first error, else the HTTP status.</summary>
    internal static string OfFailedCall(ApiReply reply) => reply switch
    {
        { Errors: [{ Category: not KlingErrorCategory.Unknown }, ..] } => reply.Errors[0].Category,
        { HttpStatus: null } => KlingErrorCategory.Connection,
        { HttpStatus: 401 or 402 or 403 or 408 or 429 } => ByStatus(reply.HttpStatus),
        { HttpStatus: >= 500 } => KlingErrorCategory.Server,

        // Other statuses mean something only beside words of the service itself.
        _ => KlingErrorCategory.Protocol,
    };

    /// <summary>Why a submit failed. A reply that cannot be read counts as a broken connection, whatever its status below 500.</summary>
    internal static string OfFailedSubmit(ApiReply? reply) => reply switch
    {
        { Errors: [KlingTaskError first, ..] } => first.Category,
        { Outcome: ApiOutcome.Envelope } => KlingErrorCategory.Unknown,
        { HttpStatus: >= 500 } => KlingErrorCategory.Server,
        _ => KlingErrorCategory.Connection,
    };

    // The order matters: a code may fit several lines, and the first one counts.
    private static string ByCode(string code)
    {
        bool provider = Starts(code, "provider");
        return code switch
        {
            "" => KlingErrorCategory.Unknown,
            _ when Has(code, "TaskUUID") && (Has(code, "conflict") || Has(code, "duplicate") || Has(code, "exists")) => KlingErrorCategory.Conflict,
            _ when s_connection.Contains(code) => KlingErrorCategory.Connection,
            _ when Has(code, "credits") || Has(code, "quota") || Has(code, "balance") || Has(code, "paymentRequired") => KlingErrorCategory.Quota,
            _ when Has(code, "rateLimit") || Has(code, "overloaded") || Has(code, "tooManyRequests") => KlingErrorCategory.RateLimit,
            _ when s_safety.Contains(code) || Has(code, "contentPolicy") || Has(code, "moderation") || Has(code, "nsfw") => KlingErrorCategory.Safety,
            _ when !provider && (s_authentication.Contains(code) || Has(code, "apiKey")) => KlingErrorCategory.Authentication,
            _ when Has(code, "timeout") => KlingErrorCategory.Timeout,
            _ when Ends(code, "notFound") || Ends(code, "expired") || Is(code, "taskCancelled") || Is(code, "unknownModel") => KlingErrorCategory.NotFound,
            _ when s_server.Contains(code) || s_generic.Contains(code) => KlingErrorCategory.Server,
            _ when provider || s_provider.Contains(code) => KlingErrorCategory.Provider,
            _ when s_validation.Contains(code) || s_validationStarts.Any(start => Starts(code, start)) => KlingErrorCategory.Validation,
            _ => KlingErrorCategory.Unknown,
        };
    }

    private static string ByStatus(int? status) => status switch
    {
        null or < 300 => KlingErrorCategory.Unknown,
        < 400 => KlingErrorCategory.Protocol,
        401 or 403 => KlingErrorCategory.Authentication,
        402 => KlingErrorCategory.Quota,
        404 or 410 => KlingErrorCategory.NotFound,
        408 or 504 => KlingErrorCategory.Timeout,
        409 => KlingErrorCategory.Conflict,
        429 => KlingErrorCategory.RateLimit,
        < 500 => KlingErrorCategory.Validation,
        _ => KlingErrorCategory.Server,
    };

    private static HashSet<string> Set(params string[] codes) => new(codes, StringComparer.OrdinalIgnoreCase);

    private static bool Has(string code, string part) => code.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool Starts(string code, string part) => code.StartsWith(part, StringComparison.OrdinalIgnoreCase);

    private static bool Ends(string code, string part) => code.EndsWith(part, StringComparison.OrdinalIgnoreCase);

    private static bool Is(string code, string other) => string.Equals(code, other, StringComparison.OrdinalIgnoreCase);
}
