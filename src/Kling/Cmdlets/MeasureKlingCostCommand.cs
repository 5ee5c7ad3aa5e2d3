using Kling.Batch;
using Kling.Binding;
using Kling.Journal;
using Kling.Requests;
using Kling.Session;

namespace Kling.Cmdlets;

/// <summary>Prices parameters, rows or tasks: each and in total, the list price beside what was billed. Makes no call.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "KlingCost")]
[OutputType(typeof(KlingCost), typeof(KlingSpending))]
public sealed class MeasureKlingCostCommand : RequestCmdlet
{
    // Sums, so that memory does not grow with the input.
    private int _items;
    private int _videos;
    private decimal? _estimated;
    private int _unpriced;
    private decimal? _billed;
    private Purchase _sum;

    /// <summary>Sums this machine's tasks since then, by day and model: a date, or a TimeSpan back from now.</summary>
    [Parameter]
    [SinceCell]
    public DateTimeOffset? Since { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Run(CheckSince);
    }

    /// <inheritdoc/>
    private protected override bool EndsAt(Violation violation) => violation.Parameter is not nameof(Image) and not nameof(Model);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Since is not null)
        {
            return;
        }

        if (CopyConverter.TaskOf(InputObject) is KlingTask task)
        {
            Add(new KlingCost
            {
                Item = string.IsNullOrEmpty(task.Image) ? task.TaskId.ToString("D") : ConsoleText.Of(task.Image),
                TaskId = task.TaskId,
                ModelId = task.Model,
                Seconds = task.Duration ?? ModelSpec.Find(task.Model)?.DefaultDuration,
                VideoCount = task.NumberResults ?? 1,
                EstimatedCost = ReportedCost.EstimateOf(task),
                UnpricedCount = ReportedCost.EstimateOf(task) is null ? 1 : 0,
                BilledCost = ReportedCost.Of(task),
                Note = task.Errors.FirstOrDefault(ReportedCost.IsKeptBy)?.Message
                    ?? (task.Cost is decimal cost && ReportedCost.Of(task) is null ? ReportedCost.Keep(task, null, ReportedCost.Text(cost)).Message : ModelSpec.Find(task.Model)?.PriceNote),
            });
            return;
        }

        if (!AcceptRecord())
        {
            return;
        }

        // A price needs no image: "what would ten seconds cost" is a fair question.
        foreach (RequestItem item in Rows.NamesImage(Image, LiteralPath) || IsWithoutImage ? ReadImages() : Variants())
        {
            Price(item);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Since is DateTimeOffset since)
        {
            Run(() => Report(since));
            return;
        }

        if (_items > 1)
        {
            WriteObject(new KlingCost
            {
                Item = "Total",
                VideoCount = _videos,
                EstimatedCost = _estimated,
                UnpricedCount = _unpriced,
                BilledCost = _billed,
                Note = $"{_items} items",
            });
            Say($"{_sum.Line()}{(_billed is decimal billed ? $", {PriceText.Total(billed)} billed" : "")}");
        }
    }

    // A standing default value counts as given, so it cannot be an error.
    private void CheckSince()
    {
        if (Since is null)
        {
            return;
        }

        if (MyInvocation.ExpectingInput)
        {
            throw new InputException(ErrorCatalog.InvalidRequest, "Since: it was given beside input from the pipeline; allowed: -Since without input, "
                + "since it sums what this machine has bought.", $"Measure-KlingCost -Since (Get-Date).AddDays(-7)");
        }

        string[] unused = [.. MyInvocation.BoundParameters.Keys.Where(name => name != nameof(Since) && !CommonParameters.Contains(name)).Select(name => "-" + name)];
        if (unused.Length > 0)
        {
            WriteWarning($"{string.Join(", ", unused)}: not used, since -Since sums every task.");
        }
    }

    private void Report(DateTimeOffset since)
    {
        Uri endpoint = KlingSession.Address();
        IReadOnlyList<KlingSpending> report = SpendingReport.Of(KlingSession.OpenJournal(endpoint).SentSince(since), TimeZoneInfo.Local, endpoint.AbsoluteUri);
        WriteObject(report, enumerateCollection: true);
        if (report.Count == 0)
        {
            WriteVerboseLazily(() => FormattableString.Invariant($"No task was sent to {endpoint.AbsoluteUri} since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z."));
        }
    }

    private void Price(RequestItem item)
    {
        ModelSpec? model = ModelSpec.Find(item.Request.Model);
        if (item.Report.Violations.Any(violation => violation.Parameter is not "Image" and not "Model"))
        {
            WriteFailure(InputException.Of(item.Name, item.Report), item.Target);
            return;
        }

        Add(new KlingCost
        {
            Item = ConsoleText.Of(item.Name),
            ModelId = item.Request.Model,
            Seconds = item.Request.Duration ?? model?.DefaultDuration,
            VideoCount = item.Request.NumberResults ?? 1,
            EstimatedCost = item.Estimate,
            UnpricedCount = item.Estimate is null ? 1 : 0,
            Note = item.Estimate is null ? "The price of this request is unknown."
                : Pricing.IsAtMost(item.Request) ? $"At most: the highest of the model's rates. {model?.PriceNote}"
                : model?.PriceNote,
        });
    }

    private void Add(KlingCost cost)
    {
        _items++;
        _videos = (int)Math.Min(int.MaxValue, (long)_videos + cost.VideoCount);
        _estimated = cost.EstimatedCost is decimal price ? (_estimated ?? 0m) + price : _estimated;
        _unpriced += cost.UnpricedCount;
        _sum += Purchase.Of(cost.VideoCount, cost.EstimatedCost);
        _billed = cost.BilledCost is decimal billed ? (_billed ?? 0m) + billed : _billed;
        WriteObject(cost);
    }
}
