using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FuncQueue.Cli.CommandLine;

namespace FuncQueue.Cli.Commands;

/// <summary>Pieces of commands.</summary>
internal static class Make
{
    public static Argument<string> Queue() => new("queue") { Description = "The queue." };

    public static Argument<string> Topic() => new("topic") { Description = "The topic." };

    public static Argument<string?> Prefix() =>
        new("prefix") { Description = "Only those whose names begin so.", Arity = ArgumentArity.ZeroOrOne };

    public static Argument<string?> Body() => new("body") { Description = "The body; else stdin is.", Arity = ArgumentArity.ZeroOrOne };

    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do it without being asked." };

    public static Option<int> Count(string name, string description, int value)
    {
        var option = Number(name, description, value, least: 1);
        option.Aliases.Add("-n");
        return option;
    }

    /// <summary>A number with a default, which is not below <paramref name="least"/>.</summary>
    public static Option<int> Number(string name, string description, int value, int least)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        return AtLeast(option, least);
    }

    /// <summary>Refuses a number below <paramref name="least"/>.</summary>
    public static TOption AtLeast<TOption>(TOption option, int least)
        where TOption : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var given) && given < least)
                result.AddError($"{option.Name}: {token.Value} is less than {least}.");
        });
        return option;
    }

    public static Option<string?> Text(string name, string description) => new(name) { Description = description };

    public static Option<string[]> Attributes() =>
        new("--attribute", "-a") { Description = "NAME=VALUE; may be given several times.", AllowMultipleArgumentsPerToken = false };

    /// <summary>A number of seconds, or with a unit: 500ms, 30s, 5m, 2h, 7d; none.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) =>
        new(name)
        {
            Description = description + " (30, 500ms, 5m, 2h, 7d)",
            CustomParser = result =>
            {
                if (Parse(result.Tokens[0].Value) is { } time)
                    return time;
                result.AddError($"{name}: {result.Tokens[0].Value} is no duration.");
                return null;
            },
        };

    public static Command Command(string name, string description, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else if (symbol is Option option)
                command.Options.Add(option);
            else
                command.Subcommands.Add((Command)symbol);
        }

        return command;
    }

    public static Command Command(
        string name,
        string description,
        IEnumerable<Symbol> symbols,
        Func<Session, CancellationToken, Task<int>> run
    )
    {
        var command = Command(name, description, [.. symbols]);
        Session.Action(command, run);
        return command;
    }

    /// <summary>A command that removes something, once that was confirmed or <c>--yes</c> was given.</summary>
    public static Command Delete(
        string description,
        IEnumerable<Symbol> symbols,
        Func<Session, CancellationToken, Task<bool>> confirmAsync,
        Func<Session, CancellationToken, Task<bool>> deleteAsync
    )
    {
        var yes = Yes();
        return Command(
            "delete",
            description,
            [.. symbols, yes],
            async (session, cancellation) =>
            {
                if (!session.Get(yes) && !await confirmAsync(session, cancellation))
                    return ExitCode.Usage;
                return await deleteAsync(session, cancellation) ? ExitCode.Done : ExitCode.Nothing;
            }
        );
    }

    /// <summary>A command that lets a reader of a topic go on somewhere else.</summary>
    public static Command Seek(
        string description,
        IEnumerable<Symbol> symbols,
        Func<Session, JsonElement, CancellationToken, Task> seekAsync
    )
    {
        var to = new Argument<string>("to") { Description = "now, earliest, or JSON as the HTTP API has it." };
        return Command(
            "seek",
            description,
            [.. symbols, to],
            async (session, cancellation) =>
            {
                await seekAsync(session, Place(session.Get(to)), cancellation);
                return ExitCode.Done;
            }
        );
    }

    /// <summary>A place in a topic, as the HTTP API has it.</summary>
    public static JsonElement Place(string text) => Json(text is "now" or "earliest" ? $"\"{text}\"" : text);

    public static JsonElement Json(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            throw new UsageException($"{json} is no JSON.");
        }
    }

    /// <summary>What was given as the body, or stdin to its end.</summary>
    public static async Task<BinaryData> ReadAsync(string? body, CancellationToken cancellation)
    {
        if (body is not null)
            return BinaryData.FromString(body);
        await using var input = Console.OpenStandardInput();
        return await BinaryData.FromStreamAsync(input, cancellation);
    }

    public static IEnumerable<KeyValuePair<string, string>> Pairs(IEnumerable<string>? attributes)
    {
        foreach (var attribute in attributes ?? [])
        {
            var at = attribute.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
                throw new UsageException($"{attribute} is not NAME=VALUE.");
            yield return KeyValuePair.Create(attribute[..at], attribute[(at + 1)..]);
        }
    }

    internal static TimeSpan? Parse(string text)
    {
        if (text == "none")
            return Timeout.InfiniteTimeSpan;
        var digits = text.Length;
        while (digits > 0 && char.IsAsciiLetter(text[digits - 1]))
            digits--;
        if (!decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return null;
        decimal? unit = text[digits..] switch
        {
            "ms" => 0.001m,
            "" or "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };
        return unit is { } seconds && number * seconds < 1_000_000_000 ? TimeSpan.FromSeconds((double)(number * seconds)) : null;
    }
}
