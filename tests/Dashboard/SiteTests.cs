using System.IO.Compression;
using System.Text.RegularExpressions;

namespace FuncQueue.Dashboard.Tests;

/// <summary>How the dashboard's files are served: small, kept for good, under a policy that lets nothing else in.</summary>
public sealed partial class SiteTests(AppFixture app)
{
    private const int MostBytes = 120 * 1024;

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.App.Address) };

    [Fact]
    public async Task All_files_together_take_at_most_120_KB_on_the_wire()
    {
        var sizes = new Dictionary<string, int>();
        foreach (var name in (await NamesAsync()).Prepend("/dashboard"))
            sizes[name] = (await GetAsync(name, "gzip")).Bytes.Length;
        sizes.Values.Sum().ShouldBeLessThanOrEqualTo(MostBytes, string.Join('\n', sizes));
    }

    [Fact]
    public async Task A_browser_learns_of_every_file_from_the_page_itself_so_that_one_round_of_requests_suffices()
    {
        var known = (await NamesAsync()).ToHashSet();
        var page = await PageAsync();
        foreach (Match script in Scripts().Matches(page))
        {
            var text = Unpack(await GetAsync("/" + script.Groups["path"].Value, "gzip"));
            foreach (Match import in Imports().Matches(text))
                known.ShouldContain("/dashboard/" + import.Groups["name"].Value, script.Value);
        }

        Scripts().Count(page).ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task The_page_is_asked_for_each_time_and_files_with_a_hash_in_their_name_never_again()
    {
        var page = await GetAsync("/dashboard", "gzip");
        page.Response.Headers.CacheControl!.NoCache.ShouldBeTrue();
        using var again = new HttpRequestMessage(HttpMethod.Get, "/dashboard");
        again.Headers.IfNoneMatch.Add(page.Response.Headers.ETag!);
        (await http.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        foreach (var name in (await NamesAsync()).Where(name => !name.EndsWith("/icon.svg", StringComparison.Ordinal)))
        {
            HashedName().IsMatch(name).ShouldBeTrue(name);
            var file = await GetAsync(name, "gzip");
            file.Response.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable", name);
        }
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    [InlineData(null, null)]
    public async Task Files_come_in_a_coding_that_the_browser_takes(string? taken, string? coding)
    {
        var file = await GetAsync((await NamesAsync()).First(name => name.Contains("/main.", StringComparison.Ordinal)), taken);
        file.Response.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(coding);
        file.Response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        file.Response.Content.Headers.ContentType!.ToString().ShouldBe("text/javascript; charset=utf-8");
        Unpack(file).ShouldContain("import");
    }

    [Fact]
    public async Task The_policy_lets_nothing_in_but_the_apps_own_scripts_and_styles_and_nobody_frame_it()
    {
        foreach (var name in (await NamesAsync()).Prepend("/dashboard"))
        {
            var headers = (await GetAsync(name, "gzip")).Response.Headers;
            var policy = headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldBe(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
            );
            headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
            headers.GetValues("Cross-Origin-Opener-Policy").ShouldBe(["same-origin"]);
            headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        }

        var page = await PageAsync();
        page.ShouldNotContain("<style");
        Regex.Count(page, "<script").ShouldBe(1);
        page.ShouldNotContain(" style=");
        page.ShouldNotContain(" on");
    }

    [Fact]
    public async Task With_a_slash_behind_it_the_page_is_where_it_is_without_and_unknown_files_are_not_found()
    {
        var redirect = await http.GetAsync("/dashboard/");
        redirect.StatusCode.ShouldBe(HttpStatusCode.PermanentRedirect);
        new Uri(http.BaseAddress!, "/dashboard/").ShouldNotBeNull();
        new Uri(new Uri(http.BaseAddress!, "/dashboard/"), redirect.Headers.Location!).AbsolutePath.ShouldBe("/dashboard");
        foreach (var name in new[] { "index.html", "main.js", "openapi.json", "..%2Fopenapi.json", "icon.svg.gz", "%00" })
            (await http.GetAsync("/dashboard/" + name)).StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.BadRequest);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/dashboard");
        var answer = await http.SendAsync(head);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_setting_turns_it_off_and_the_API_stays()
    {
        await using var without = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueueDashboard__Enabled"] = "false" }));
        using var client = new HttpClient { BaseAddress = new Uri(without.Address) };
        foreach (var path in (await NamesAsync()).Prepend("/dashboard"))
            (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        (await client.GetAsync("/queues")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> PageAsync() => Unpack(await GetAsync("/dashboard", "gzip"));

    /// <summary>All that the page names.</summary>
    private async Task<IReadOnlyList<string>> NamesAsync() =>
        [.. Named().Matches(await PageAsync()).Select(match => "/" + match.Groups["path"].Value).Distinct()];

    private async Task<(HttpResponseMessage Response, byte[] Bytes)> GetAsync(string path, string? coding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (coding is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        var response = await http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return (response, await response.Content.ReadAsByteArrayAsync());
    }

    private static string Unpack((HttpResponseMessage Response, byte[] Bytes) file)
    {
        Stream packed = new MemoryStream(file.Bytes);
        Stream plain = file.Response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var reader = new StreamReader(plain);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("(?:href|src)=\"(?<path>dashboard/[^\"]+)\"")]
    private static partial Regex Named();

    [GeneratedRegex("rel=\"modulepreload\" href=\"(?<path>[^\"]+)\"")]
    private static partial Regex Scripts();

    [GeneratedRegex("""(?:from\s*|import\s*)["']\./(?<name>[^"']+)["']""")]
    private static partial Regex Imports();

    [GeneratedRegex(@"\.[0-9a-f]{12}\.(js|css)$")]
    private static partial Regex HashedName();
}
