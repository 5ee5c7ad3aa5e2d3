using Kling.Batch;
using Kling.Requests;

namespace Kling.Cmdlets;

/// <summary>Prices parameters, rows or tasks: each and in total, the list price beside what was billed. Makes no call.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "KlingCost")]
[OutputType(typeof(KlingCost))]
public sealed class MeasureKlingCostCommand : RequestCmdlet
{
    // Sums, so that memory does not grow with the input; a sum with an unknown part is unknown.
    private int _items;
    private int _videos;
    private decimal? _estimated = 0m;
    private decimal? _billed;
    private Purchase _sum;

    /// <inheritdoc/>
    private protected override bool EndsAt(Violation violation) => violation.Parameter is not nameof(Image) and not nameof(Model);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is KlingTask task)
        {
            Add(new KlingCost
            {
                Item = task.TaskId.ToString("D"),
                ModelId = task.Model,
                Seconds = task.Duration ?? ModelSpec.Find(task.Model)?.DefaultDuration,
                VideoCount = task.NumberResults ?? 1,
                EstimatedCost = task.EstimatedCost,
                BilledCost = task.Cost,
                Note = ModelSpec.Find(task.Model ?? "")?.PriceNote,
            });
            return;
        }

        if (!AcceptRecord())
        {
            return;
        }

        // A price needs no image: "what would ten seconds cost" is a fair question.
        foreach (RequestItem item in Rows.NamesImage(Image, LiteralPath) ? ReadImages() : Variants())
        {
            Price(item);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_items > 1)
        {
            WriteObject(new KlingCost
            {
                Item = "Total",
                VideoCount = _videos,
                EstimatedCost = _estimated,
                BilledCost = _billed,
                Note = $"{_items} items",
            });
            Say($"{_sum.Line()}{(_billed is decimal billed ? $", {PriceText.Total(billed)} billed" : "")}");
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
            Note = model?.PriceNote ?? "The price of this model is unknown.",
        });
    }

    private void Add(KlingCost cost)
    {
        _items++;
        _videos += cost.VideoCount;
        _estimated += cost.EstimatedCost;
        _sum += Purchase.Of(cost.VideoCount, cost.EstimatedCost);
        _billed = cost.BilledCost is decimal billed ? (_billed ?? 0m) + billed : _billed;
        WriteObject(cost);
    }
}
