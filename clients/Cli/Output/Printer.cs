using System.Text;
using System.Text.Json;
using FuncQueue.Client;
using Spectre.Console;

namespace FuncQueue.Cli.Output;

/// <summary>Prints: tables on a terminal, tab-separated values into a pipe, JSON where it was asked for. Notes go to stderr.</summary>
internal sealed class Printer(bool json)
{
    private readonly IAnsiConsole terminal = AnsiConsole.Create(
        new AnsiConsoleSettings
        {
            // https://no-color.org: any value but the empty one.
            ColorSystem = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
                ? ColorSystemSupport.NoColors
                : ColorSystemSupport.Detect,
        }
    );

    public bool IsTerminal => !Console.IsOutputRedirected && !json;

    public bool IsJson => json;

    /// <summary>Whether there is somebody to ask.</summary>
    public bool MayAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected && !json;

    public IAnsiConsole Terminal => terminal;

    /// <summary>Rows of a list.</summary>
    public void Rows(IReadOnlyList<string> headers, IEnumerable<Row> rows)
    {
        if (IsTerminal)
        {
            terminal.Write(Table(headers, rows));
            return;
        }

        foreach (var row in rows)
            Line(row);
    }

    public static Table Table(IReadOnlyList<string> headers, IEnumerable<Row> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var header in headers)
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(header)}[/]"));
        foreach (var row in rows)
            table.AddRow([.. row.Cells.Select(cell => new Text(Visible(cell ?? "")))]);
        return table;
    }

    /// <summary>One row as a line, for what comes bit by bit; on a terminal too.</summary>
    public void Line(Row row)
    {
        if (json)
            Console.Out.WriteLine(Json(row));
        else
            Console.Out.WriteLine(
                string.Join(IsTerminal ? "  " : "\t", row.Cells.Select(cell => IsTerminal ? Visible(cell ?? "") : Cell(cell)))
            );
    }

    /// <summary>The members of one thing.</summary>
    public void Thing(Row row)
    {
        if (json)
        {
            Console.Out.WriteLine(Json(row));
            return;
        }

        if (IsTerminal)
        {
            var grid = new Grid().AddColumn().AddColumn();
            foreach (var (name, cell) in row.Names.Zip(row.Cells).Where(member => member.Second is not null))
                grid.AddRow(new Markup($"[grey]{Markup.Escape(name)}[/]"), new Text(Visible(cell!)));
            terminal.Write(grid);
            return;
        }

        foreach (var (name, cell) in row.Names.Zip(row.Cells).Where(member => member.Second is not null))
            Console.Out.WriteLine($"{name}\t{Cell(cell)}");
    }

    /// <summary>For people: into a pipe goes only what was asked for.</summary>
    public void Note(string text) => Console.Error.WriteLine(text);

    public void Error(string text) => Console.Error.WriteLine($"funcqueue: {text}");

    public void Failure(FuncQueueException failure)
    {
        Error($"{failure.Message}{(failure.Code is { } code ? $" ({code})" : "")}");
        // The message of one fault says it all.
        foreach (var fault in failure.Errors.Count > 1 ? failure.Errors : [])
            Console.Error.WriteLine($"  {fault.Field}: {fault.Detail}");
    }

    private static string Json(Row row)
    {
        using var buffer = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
            row.Write(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>A value is one cell of one line, whatever is in it.</summary>
    private static string Cell(string? value) =>
        value is null ? "" : value.Replace("\\", "\\\\").Replace("\t", "\\t").Replace("\n", "\\n").Replace("\r", "\\r");

    /// <summary>A message must not command the terminal that shows it.</summary>
    private static string Visible(string value) =>
        string.Concat(value.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));
}
