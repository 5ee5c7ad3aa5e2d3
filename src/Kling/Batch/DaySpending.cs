using System.Globalization;
using Kling.Journal;

namespace Kling.Batch;

/// <summary>Reads what may be spent in 24 hours.</summary>
internal static class DaySpending
{
    /// <summary>The environment variable with the limit that counts for every command of a process.</summary>
    internal const string Variable = "KLING_MAX_COST_PER_DAY";

    /// <summary>The lower of the parameter and the variable; null where neither is given.</summary>
    /// <exception cref="InputException">The variable is set and cannot be read. Nothing may be bought then.</exception>
    internal static DayLimit? Limit(decimal? given)
    {
        DayLimit? typed = given is decimal amount ? new DayLimit(amount, "MaxCostPerDay") : null;
        if (Environment.GetEnvironmentVariable(Variable) is not string text)
        {
            return typed;
        }

        // No sign, no blanks inside and no thousands separator; a variable that is set to nothing is a mistake too.
        if (!decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal standing))
        {
            throw new InputException(ErrorCatalog.InvalidRequest,
                $"{Variable}: '{text}' was given; allowed: an amount in USD, zero or more, with a decimal point, or no variable.",
                $"$env:KLING_MAX_COST_PER_DAY = '5.00' # or Remove-Item Env:KLING_MAX_COST_PER_DAY");
        }

        return typed is null || standing < typed.Amount ? new DayLimit(standing, Variable) : typed;
    }
}
