namespace Kling.Requests;

/// <summary>Compares a request with its model's table before anything is spent.</summary>
public static class RequestValidator
{
    private const string Safety = "the check of the content";

    /// <summary>
    /// Reports everything at once. Where the model is unknown, the default model's rules say what else is wrong.
    /// </summary>
    /// <param name="request">The request; a task id of all zeros has not been drawn yet and is allowed.</param>
    public static ValidationReport Validate(VideoRequest request)
    {
        ModelSpec spec = ModelSpec.FindOrDefault(request.Model);
        var findings = new Findings(spec);
        CheckIdentity(findings, request);
        CheckImages(findings, request);
        CheckPrompt(findings, request.Prompt);
        CheckSize(findings, request);
        foreach (SettingRow setting in spec.Settings)
        {
            // The others have rules of their own.
            if (setting.Setting!.Name is not (nameof(VideoRequest.Model) or nameof(VideoRequest.Width) or nameof(VideoRequest.Height) or nameof(VideoRequest.Setting)))
            {
                findings.Check(setting.Setting.Name, setting.Row, setting.Setting.Get(request));
            }
        }

        CheckOthers(findings, request.Setting);
        CheckSafety(findings, request);
        findings.Address("WebhookUrl", request.WebhookUrl);
        findings.Address("UploadEndpoint", request.UploadEndpoint);
        CheckConditions(findings, request);
        WarnOfEnd(findings);
        return findings.ToReport();
    }

    private static void CheckImages(Findings findings, VideoRequest request)
    {
        if (request.Image is not null)
        {
            ImageRules.Check(findings, nameof(VideoRequest.Image), request.Image);
        }
        else if (findings.Spec.NeedsImage)
        {
            findings.Refuse("Image", null, findings.Spec.Row("Image").AllowedText);
        }

        if (request.LastImage is not RequestImage last)
        {
            return;
        }

        ImageRules.Check(findings, nameof(VideoRequest.LastImage), last);
        if (!findings.Spec.TakesLastImage)
        {
            findings.Refuse(Violation.Because(nameof(VideoRequest.LastImage), last.Shown, $"{findings.Spec.Id} takes a first frame only"));
        }
        else if (request.Image is null)
        {
            findings.Refuse(Violation.Because(nameof(VideoRequest.LastImage), last.Shown, "not allowed without Image"));
        }
    }

    /// <summary>Fields that no parameter gives: each must be one that the model has.</summary>
    private static void CheckOthers(Findings findings, string? setting)
    {
        if (setting is null)
        {
            return;
        }

        ModelSpec spec = findings.Spec;
        foreach ((string path, object? value) in OtherSettings.Read(setting))
        {
            ParameterSpec? row = spec.Parameters.FirstOrDefault(row => row.WireName == path);
            if (row is { IsParameter: true })
            {
                findings.Refuse("Setting", path, $"fields without a parameter; -{row.Name} gives this one");
            }
            else if (row is null || row.Fixed is not null)
            {
                findings.Refuse("Setting", path, spec.OtherFields.Count == 0 ? $"nothing: every field of {spec.Id} has a parameter" : WordList.Or([.. spec.OtherFields.Select(other => other.WireName)]));
            }
            else if (value is object given && OtherSettings.Texts(given).FirstOrDefault(Masking.IsMasked) is string masked)
            {
                findings.Refuse(path, masked, "the value itself; this text only stands for one, without its secret part");
            }
            else
            {
                findings.Check(path, row, value);
            }
        }
    }

    /// <summary>The conditions across fields, as the model's schema has them. A parameter that is wrong already is not told about twice.</summary>
    private static void CheckConditions(Findings findings, VideoRequest request)
    {
        VideoRequest judged = request.LastImage is not null && (request.Image is null || !findings.Spec.TakesLastImage) ? request with { LastImage = null } : request;
        if (RequestTree.IsValid(judged, findings.Spec))
        {
            return;
        }

        foreach (Violation violation in new ConditionWords(findings.Spec, judged).Violations())
        {
            if (!findings.IsWrong(violation.Parameter))
            {
                findings.Refuse(violation);
            }
        }
    }

    private static void WarnOfEnd(Findings findings)
    {
        ModelSpec spec = findings.Spec;
        if (spec.Status != "live")
        {
            string end = spec.DeactivatesAt is DateTimeOffset date ? FormattableString.Invariant($"; it ends on {date.UtcDateTime:yyyy-MM-dd}") : "";
            string next = spec.ReplacedBy is string other ? $"; {other} takes its place" : "";
            findings.Warn("the model", $"Model: the service calls {spec.Id} {spec.Status}{end}{next}. Get-KlingModel lists the models.");
        }
    }

    private static void CheckIdentity(Findings findings, VideoRequest request)
    {
        if (ModelSpec.Find(request.Model) is null)
        {
            findings.Refuse("Model", request.Model, WordList.Or([.. ModelSpec.All.Select(model => model.Id).Distinct()]));
        }

        if (request.TaskId != Guid.Empty && !IsVersion4(request.TaskId))
        {
            findings.Refuse("TaskId", request.TaskId.ToString("D"), findings.Spec.Row("TaskId").AllowedText);
        }
    }

    /// <summary>Version digit 4 and the RFC's variant bits.</summary>
    private static bool IsVersion4(Guid id)
    {
        string text = id.ToString("D");
        return text[14] == '4' && text[19] is '8' or '9' or 'a' or 'b';
    }

    private static void CheckPrompt(Findings findings, string? prompt)
    {
        if (prompt is { Length: > 0 } && findings.Spec.Parameter("Prompt") is ParameterSpec row && (prompt.Length < row.WarnBelowLength || prompt.Length > row.WarnAboveLength))
        {
            findings.Warn("the length of the prompt", FormattableString.Invariant(
                $"Prompt: it has {prompt.Length} character(s); sibling models take {row.WarnBelowLength} to {row.WarnAboveLength}, so the service may refuse it."));
        }
    }

    private static void CheckSize(Findings findings, VideoRequest request)
    {
        if ((request.Width is null && request.Height is null) || findings.Spec.Sizes.Count == 0)
        {
            return;
        }

        if (request.Width is null || request.Height is null)
        {
            string given = request.Width is null ? "Height" : "Width";
            string missing = request.Width is null ? "Width" : "Height";
            int pixels = (request.Width ?? request.Height)!.Value;
            findings.Refuse(missing, null, FormattableString.Invariant($"{missing} together with {given} ({pixels}): {findings.Spec.SizesText}"));
        }
        else if (findings.Spec.Sizes.FirstOrDefault(size => size.Width == request.Width && size.Height == request.Height) is not VideoSize size)
        {
            findings.Refuse("Width", FormattableString.Invariant($"{request.Width}x{request.Height}"), $"Width with Height: {findings.Spec.SizesText}");
        }
        else if (request.Image is { Width: > 0 and int width, Height: > 0 and int height })
        {
            CheckCrop(findings, width, height, size);
        }
    }

    private static void CheckCrop(Findings findings, int width, int height, VideoSize size)
    {
        if (size.CropPercent(width, height) <= VideoSize.SmallCrop)
        {
            return;
        }

        VideoSize nearest = findings.Spec.NearestSize(width, height);
        string other = nearest == size ? ""
            : FormattableString.Invariant($" {nearest}, which AspectRatio Auto takes, would crop {nearest.CropPercent(width, height):0.#} %.");
        findings.Warn("the crop", $"AspectRatio: {size.DescribeCrop(width, height)}.{other}");
    }

    private static void CheckSafety(Findings findings, VideoRequest request)
    {
        string? mode = request.SafetyMode is string given ? findings.Spec.Parameter("SafetyMode")?.Canonical(given.Trim()) : null;
        if (request.CheckContent == false && mode is "fast" or "full")
        {
            findings.Warn(Safety, $"SafetyMode: '{mode}' asks for a check that CheckContent false switches off; which of the two the service follows is not documented.");
        }
        else if (request.CheckContent == true && mode is "none")
        {
            findings.Warn(Safety, "SafetyMode: 'none' switches off the check that CheckContent true asks for; which of the two the service follows is not documented.");
        }
    }
}

/// <summary>Violations and warnings as they are found.</summary>
internal sealed class Findings(ModelSpec spec)
{
    private readonly List<Violation> _violations = [];
    private readonly List<RequestWarning> _warnings = [];

    internal ModelSpec Spec { get; } = spec;

    internal void Refuse(string parameter, string? given, string allowed) => _violations.Add(new Violation(parameter, given, allowed));

    internal void Refuse(Violation violation) => _violations.Add(violation);

    internal bool IsWrong(string parameter) => _violations.Exists(violation => violation.Parameter == parameter);

    internal void Warn(string about, string message) => _warnings.Add(new RequestWarning(about, message));

    /// <summary>Compares a value with its row of the table, where the model has one. A value that was not given is right.</summary>
    internal void Check(string parameter, ParameterSpec? row, object? value)
    {
        if (value is null)
        {
            return;
        }

        if (row is null)
        {
            Refuse(Violation.Because(parameter, OtherSettings.Show(value), $"{Spec.Id} has no such setting"));
        }
        else if (!row.Takes(value))
        {
            Refuse(parameter, OtherSettings.Show(value), row.AllowedText);
        }
    }

    internal void Address(string parameter, string? value)
    {
        if (value is not null && !ImageRules.IsWebAddress(value))
        {
            Refuse(parameter, Masking.Address(value), "an absolute http or https address");
        }
    }

    internal ValidationReport ToReport() => new(_violations, _warnings);
}

/// <summary>Everything that is wrong with a request, and what is worth a look.</summary>
/// <param name="Violations">What is wrong, all of it.</param>
/// <param name="Warnings">What is allowed but worth a look.</param>
public sealed record ValidationReport(IReadOnlyList<Violation> Violations, IReadOnlyList<RequestWarning> Warnings)
{
    /// <summary>Whether the request may be sent.</summary>
    public bool IsValid => Violations.Count == 0;

    /// <summary>The same report with further violations.</summary>
    /// <param name="extra">The violations to add.</param>
    public ValidationReport With(IEnumerable<Violation> extra) => this with { Violations = [.. Violations, .. extra] };
}

/// <summary>One thing that is worth a look.</summary>
/// <param name="About">What it is about, the same for all requests, for example <c>the crop</c>.</param>
/// <param name="Message">The sentence for the user.</param>
public sealed record RequestWarning(string About, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Parameter">The parameter's name.</param>
/// <param name="Given">What was given, without secrets; null for nothing.</param>
/// <param name="Allowed">What is allowed.</param>
public sealed record Violation(string Parameter, string? Given, string Allowed)
{
    // Whether what is allowed is told by a condition, in a clause of its own.
    private bool IsClause { get; init; }

    /// <summary>The sentence for the user: parameter, what was given, what is allowed.</summary>
    public string Message => $"{Parameter}: {(Given is null ? "nothing" : $"'{Given}'")} was given; {(IsClause ? "" : "allowed: ")}{Allowed}.";

    /// <summary>A violation of a condition.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="given">What was given; null for nothing.</param>
    /// <param name="reason">The clause behind the semicolon.</param>
    internal static Violation Because(string parameter, string? given, string reason) => new(parameter, given, reason) { IsClause = true };

    /// <inheritdoc/>
    public override string ToString() => Message;
}
