using System.Globalization;

namespace FuncQueue.Chaos.Runs;

/// <summary>What a run is asked for.</summary>
internal sealed record ChaosOptions
{
    public const string Usage = "--minutes N [--processes K] [--seed N] [--json FILE] [--fifo | --topics] [--producers N] [--consumers M]";

    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(2);

    public int Processes { get; init; } = 3;

    public int Producers { get; init; } = 4;

    public int Consumers { get; init; } = 8;

    /// <summary>
    /// Whatever is drawn by chance is drawn from it. Runs of one seed do the same things, though not at the same instants.
    /// </summary>
    public required int Seed { get; init; }

    public string? JsonFile { get; init; }

    public bool Fifo { get; init; }

    /// <summary>Publishes to topics; what consumers receive has been forwarded.</summary>
    public bool Topics { get; init; }

    /// <summary>Throws <see cref="ArgumentException"/> that tells what is wrong.</summary>
    public static ChaosOptions Parse(IReadOnlyList<string> args)
    {
        var options = new ChaosOptions { Seed = Random.Shared.Next(1, 1_000_000) };
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--fifo" => options with { Fifo = true },
                "--topics" => options with { Topics = true },
                "--minutes" => options with { Duration = TimeSpan.FromMinutes(Number(0.05)) },
                "--processes" => options with { Processes = (int)Number(1) },
                "--producers" => options with { Producers = (int)Number(1) },
                "--consumers" => options with { Consumers = (int)Number(1) },
                "--seed" => options with { Seed = (int)Number(0) },
                "--json" => options with { JsonFile = Value() },
                var other => throw new ArgumentException($"{other} is not known. Known: {Usage}"),
            };

            string Value() => ++i < args.Count ? args[i] : throw new ArgumentException($"{args[i - 1]} wants a value.");

            double Number(double least) =>
                double.TryParse(Value(), CultureInfo.InvariantCulture, out var number) && number >= least
                    ? number
                    : throw new ArgumentException($"{args[i - 1]} wants a number of at least {least}.");
        }

        return options;
    }
}
