using System.Text.RegularExpressions;

namespace FuncQueue.Infra.Tests;

/// <summary>
/// The workflows, as far as they can be checked where they do not run: what they may do and for how long, whose code they run, and that
/// each of their scripts can be read.
/// </summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github", "workflows");

    private static Yaml Ci { get; } = Yaml.Load(Path.Combine(Folder, "ci.yml"));

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Foreign_code_is_pinned_by_commit_and_told_by_its_version(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, file));
        var used = lines.Where(line => Uses().IsMatch(line)).ToList();
        used.ShouldNotBeEmpty();
        used.ShouldAllBe(line => Pinned().IsMatch(line) || Own().IsMatch(line));
        // The lines are all that the parser finds, too.
        Steps(file).Concat(Jobs(file).Values).Count(part => part["uses"].Exists).ShouldBe(used.Count);
    }

    [Fact]
    public void An_action_has_one_version_in_all_workflows()
    {
        var lines = Files.SelectMany(row => File.ReadAllLines(Path.Combine(Folder, row.Data)));
        var pins = lines
            .Select(line => Pinned().Match(line))
            .Where(match => match.Success)
            .ToLookup(m => m.Groups["action"].Value, m => m.Groups["pin"].Value);
        pins.Count.ShouldBeGreaterThan(1);
        pins.ShouldAllBe(action => action.Distinct().Count() == 1);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_job_may_read_the_code_and_only_a_deployment_gets_a_token(string file)
    {
        var granted = Workflow(file)["permissions"].Members.Select(p => (p.Key, p.Value.Text));
        granted.ShouldBe([("contents", "read")]);
        foreach (var (name, job) in Jobs(file).Where(job => job.Value["permissions"].Exists))
        {
            name.ShouldBe("deploy");
            var needed = job["permissions"].Members.Select(p => (p.Key, p.Value.Text));
            needed.ShouldBe([("contents", "read"), ("id-token", "write")], ignoreOrder: true);
        }

        // Whatever the code that is checked does, it finds no token in its folder.
        foreach (var checkout in Steps(file).Where(step => IsAction(step, "actions/checkout")))
            checkout["with", "persist-credentials"].Text.ShouldBe("false");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_job_ends(string file)
    {
        foreach (var (name, job) in Jobs(file).Where(job => !job.Value["uses"].Exists))
            int.Parse(job["timeout-minutes"].Text ?? "0", System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60, name);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_script_can_be_read_by_bash_and_holds_no_expression_that_others_could_fill(string file)
    {
        foreach (var (name, job) in Jobs(file))
        {
            var os = job["strategy", "matrix", "os"].Items.Select(item => item.Text!).DefaultIfEmpty(job["runs-on"].Text ?? "");
            if (os.Any(system => system.StartsWith("windows", StringComparison.Ordinal)))
                job["defaults", "run", "shell"].Text.ShouldBe("bash", name);
            foreach (var script in job["steps"].Items.Select(step => step["run"].Text).OfType<string>())
            {
                (await Shell.CheckAsync(script)).ShouldBe("", script);
                script.ShouldNotContain("${{");
                foreach (Match own in OwnScript().Matches(script))
                    await IsRunnableAsync(own.Value);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Packages_are_kept_between_runs(string file)
    {
        foreach (var (name, job) in Jobs(file).Where(job => job.Value["steps"].Exists))
        {
            var steps = job["steps"].Items;
            if (steps.Any(step => IsAction(step, "actions/setup-dotnet")))
            {
                var cache = steps.Where(step => IsAction(step, "actions/cache")).ShouldHaveSingleItem(name);
                cache["with", "path"].Text.ShouldBe("~/.nuget/packages");
                cache["with", "key"].Text!.ShouldContain("'Directory.Packages.props'");
                // Whatever builds the app builds the dashboard, of npm packages.
                steps.ShouldContain(step => IsAction(step, "actions/setup-node"), name);
            }

            foreach (var node in steps.Where(step => IsAction(step, "actions/setup-node")))
            {
                node["with", "cache"].Text.ShouldBe("npm");
                node["with", "cache-dependency-path"].Text.ShouldBe("**/package-lock.json");
            }
        }
    }

    [Fact]
    public void A_change_is_published_and_tested_and_the_results_are_kept_whatever_they_are()
    {
        Ci["on"].Members.Keys.ShouldBe(["pull_request", "workflow_call", "workflow_dispatch"]);
        var steps = Ci["jobs", "test", "steps"].Items.ToList();
        var publish = steps.FindIndex(step => Runs(step, "dotnet publish functions/App "));
        var test = steps.FindIndex(step => Runs(step, ".ci/run "));
        publish.ShouldBeGreaterThanOrEqualTo(0);
        test.ShouldBeGreaterThan(publish);
        var upload = steps.Where(step => IsAction(step, "actions/upload-artifact")).ShouldHaveSingleItem();
        upload["if"].Text.ShouldBe("always()");
        upload["with", "path"].Text.ShouldBe("${{ runner.temp }}/results");
        steps[test]["run"].Text!.ShouldEndWith("--results-directory \"$RUNNER_TEMP/results\"");
        // .ci/run hands its arguments on, and dotnet test takes the projects from the solution: those on the published app, too.
        File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")).ShouldContain("\ndotnet test \"$@\"");
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "FuncQueue.sln")).Replace('\\', '/');
        foreach (var project in Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.csproj", SearchOption.AllDirectories))
            solution.ShouldContain($"\"{Path.GetRelativePath(Repository.Root, project).Replace('\\', '/')}\"");
    }

    [Fact]
    public async Task Windows_and_macOS_start_the_queue_as_the_README_says_and_pass_one_message()
    {
        Ci["jobs", "start", "strategy", "matrix", "os"].Items.Select(os => os.Text!.Split('-')[0]).ShouldBe(["windows", "macos"]);
        Ci["jobs", "start", "steps"].Items.Select(step => step["run"].Text).ShouldContain(".ci/smoke");
        await IsRunnableAsync(".ci/smoke");
        var script = await File.ReadAllTextAsync(Path.Combine(Repository.Root, ".ci", "smoke"), TestContext.Current.CancellationToken);
        script.ShouldContain("dotnet run --project functions/App ");
        foreach (var step in new[] { "/messages\"", "/messages/dequeue", "/messages/ack" })
            script.ShouldContain(step);
    }

    [Fact]
    public async Task A_deployment_that_fails_at_first_is_tried_again_and_one_that_goes_on_failing_fails()
    {
        var deploy = Jobs("azure-dev.yml")["deploy"]["steps"].Items.Single(step => step["name"].Text == "Deploy")["run"].Text!;
        using (var shell = new Shell())
        {
            shell.StandIn("sleep");
            shell.StandIn("azd", 1, 1);
            (await shell.RunAsync("bash", deploy)).ExitCode.ShouldBe(0);
            shell.Calls.ShouldBe(["azd deploy --no-prompt", "sleep 60", "azd deploy --no-prompt", "sleep 60", "azd deploy --no-prompt"]);
        }

        using (var shell = new Shell())
        {
            shell.StandIn("sleep");
            shell.StandIn("azd", 1, 1, 1, 1, 1);
            (await shell.RunAsync("bash", deploy)).ExitCode.ShouldBe(1);
            shell.Calls.Count(call => call.StartsWith("azd", StringComparison.Ordinal)).ShouldBe(5);
            shell.Calls[^1].ShouldBe("azd deploy --no-prompt");
        }
    }

    [Fact]
    public void Nothing_is_deployed_that_was_not_tested()
    {
        var jobs = Jobs("azure-dev.yml");
        jobs["test"]["uses"].Text.ShouldBe("./.github/workflows/ci.yml");
        jobs["deploy"]["needs"].Text.ShouldBe("test");
        Workflow("azure-dev.yml")["on"].Members.Keys.ShouldNotContain("pull_request");
    }

    private static Yaml Workflow(string file) => Yaml.Load(Path.Combine(Folder, file));

    private static IReadOnlyDictionary<string, Yaml> Jobs(string file) => Workflow(file)["jobs"].Members;

    private static IEnumerable<Yaml> Steps(string file) => Jobs(file).Values.SelectMany(job => job["steps"].Items);

    private static bool Runs(Yaml step, string command) => step["run"].Text?.StartsWith(command, StringComparison.Ordinal) == true;

    private static bool IsAction(Yaml step, string action) => step["uses"].Text?.StartsWith(action + "@", StringComparison.Ordinal) == true;

    private static async Task IsRunnableAsync(string script)
    {
        var path = Path.Combine(Repository.Root, script);
        (await Shell.CheckAsync(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))).ShouldBe("", script);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue(script);
    }

    [GeneratedRegex(@"^\s*(- )?uses: ")]
    private static partial Regex Uses();

    [GeneratedRegex(@"^\s*(- )?uses: (?<action>[\w.-]+/[\w.-]+)@(?<pin>[0-9a-f]{40}) # v\d+\.\d+\.\d+$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^\s*uses: \./\.github/workflows/[\w-]+\.yml$")]
    private static partial Regex Own();

    [GeneratedRegex(@"\.ci/\w+")]
    private static partial Regex OwnScript();
}
