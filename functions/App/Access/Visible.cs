using FuncQueue.Engine;

namespace FuncQueue.Functions.Access;

/// <summary>Lists what a caller may see, page by page.</summary>
internal static class Visible
{
    private const int PageSize = 1000;

    /// <summary>So many pages are looked at in one call; a continuation goes on behind them.</summary>
    private const int MaxPages = 10;

    /// <summary>Up to so many of those that the grant reaches. There may be fewer, or none, and a continuation all the same.</summary>
    /// <param name="grant">What the caller may do.</param>
    /// <param name="list">Lists all, up to so many, from a continuation on, which is the name that the page before ended with.</param>
    /// <param name="resourceOf">What an entry is to a grant.</param>
    public static async Task<Outcome<(IReadOnlyList<T> Found, string? Continuation)>> ListAsync<T>(
        Grant grant,
        Func<int, string?, Task<Outcome<(IReadOnlyList<T> Page, string? Continuation)>>> list,
        Func<T, Resource> resourceOf,
        int maxResults,
        string? continuation
    )
    {
        if (grant.Resources.Any(pattern => pattern.IsEverything))
            return await list(maxResults, continuation);
        var found = new List<T>();
        for (var pages = 1; ; pages++)
        {
            if (!(await list(PageSize, continuation)).TryGetValue(out var page, out var failure))
                return failure;
            foreach (var entry in page.Page.Where(entry => grant.Reaches(resourceOf(entry))))
            {
                if (found.Count == maxResults)
                    return (found, resourceOf(found[^1]).Name);
                found.Add(entry);
            }

            continuation = page.Continuation;
            if (continuation is null || pages == MaxPages)
                return (found, continuation);
        }
    }
}
