using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using FuncQueue.Engine;

namespace FuncQueue.Dashboard.Tests;

/// <summary>What the pages' sources say of themselves.</summary>
public sealed partial class TypeTests
{
    private const string Sources = "functions/App/Dashboard/web";

    /// <summary>By the compiler of TypeScript, which its lock file names.</summary>
    [Fact]
    public async Task Their_types_are_right()
    {
        var own = Path.Combine(Repository.Root, "tests/Dashboard/Types");
        var folder = Path.Combine(AppContext.BaseDirectory, "types");
        Directory.CreateDirectory(folder);
        foreach (var file in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(own, file), Path.Combine(folder, file), overwrite: true);
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "typescript")))
            await RunAsync(folder, "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        var packages = Path.Combine(Packages, "node_modules");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "tsconfig.json"),
            new JsonObject
            {
                ["extends"] = Path.Combine(own, "tsconfig.json"),
                ["compilerOptions"] = new JsonObject
                {
                    ["paths"] = new JsonObject
                    {
                        ["preact"] = new JsonArray(Path.Combine(packages, "preact/src/index.d.ts")),
                        ["preact/hooks"] = new JsonArray(Path.Combine(packages, "preact/hooks/src/index.d.ts")),
                        ["htm"] = new JsonArray(Path.Combine(packages, "htm/dist/htm.d.ts")),
                        ["uplot"] = new JsonArray(Path.Combine(packages, "uplot/dist/uPlot.d.ts")),
                    },
                },
                ["include"] = new JsonArray(Path.Combine(Repository.Root, Sources, "*.js")),
            }.ToJsonString(),
            TestContext.Current.CancellationToken
        );
        await RunAsync(folder, "node", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json");
    }

    [Fact]
    public void Nothing_in_them_makes_markup_or_code_of_text()
    {
        foreach (var (name, text) in Files())
        {
            foreach (var bad in new[] { "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "srcdoc" })
                text.ShouldNotContain(bad, customMessage: name);
            text.Split('\n').Length.ShouldBeLessThanOrEqualTo(300, name);
        }
    }

    [Fact]
    public void The_limits_that_they_tell_are_those_of_the_server()
    {
        var told = Limit().Matches(Repository.Read($"{Sources}/limits.js"));
        told.Count.ShouldBeGreaterThan(10);
        foreach (Match limit in told)
        {
            var actual = typeof(Limits).GetField(limit.Groups["of"].Value)?.GetValue(null);
            var number = actual is TimeSpan time
                ? (long)time.TotalSeconds
                : Convert.ToInt64(actual, System.Globalization.CultureInfo.InvariantCulture);
            limit.Groups["value"].Value.ShouldBe(number.ToString(System.Globalization.CultureInfo.InvariantCulture), limit.Value);
        }
    }

    /// <summary>Each of its commands and options is one that the tool's reference names.</summary>
    [Fact]
    public void The_commands_that_they_show_are_those_of_the_command_line_tool()
    {
        var reference = Repository.Read("docs/reference/cli.md");
        var calls = Repository.Read($"{Sources}/calls.js");
        var commands = Command().Matches(calls).Select(m => m.Groups["verb"].Value).Distinct().ToList();
        commands.Count.ShouldBeGreaterThan(15);
        commands.ShouldAllBe(verb => Regex.IsMatch(reference, $@"^### funcqueue {verb}\b", RegexOptions.Multiline));
        var options = Option().Matches(calls).Select(m => m.Groups["option"].Value).Distinct().ToList();
        options.Count.ShouldBeGreaterThan(10);
        options.ShouldAllBe(option => reference.Contains($"`--{option}"));
    }

    private static string Packages =>
        typeof(TypeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "DashboardPackages").Value!;

    private static IEnumerable<(string Name, string Text)> Files() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, Sources))
            .Where(file => file.EndsWith(".js", StringComparison.Ordinal) || file.EndsWith(".html", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(file), File.ReadAllText(file)));

    private static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, $"{program}: {await output}{await errors}");
    }

    [GeneratedRegex("funcqueue (?<verb>[a-z]+(?: [a-z]+)?)")]
    private static partial Regex Command();

    [GeneratedRegex(@" --(?<option>[a-z-]+)|^  \w+: '(?<option>[a-z-]+)',$", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"value: (?<value>\d+),.*of: '(?<of>\w+)'")]
    private static partial Regex Limit();
}
