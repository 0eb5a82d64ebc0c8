//! The rule for links: http and https only, normalised, of limited length.

use url::Url;

/// The longest link kept, in characters after normalisation.
pub const LINK_LIMIT: usize = 2_048;

/// Why a link is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// Another scheme than http or https.
    Scheme,
    /// Not a URL with a host.
    Invalid,
    /// Longer than [`LINK_LIMIT`].
    TooLong,
}

/// The link as it is stored: parsed by the WHATWG URL rules and written back in their normal form.
pub fn normalise_link(typed: &str) -> Result<String, LinkError> {
    let url = Url::parse(typed).map_err(|_| LinkError::Invalid)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(LinkError::Scheme);
    }
    let link = String::from(url);
    if link.chars().count() > LINK_LIMIT {
        return Err(LinkError::TooLong);
    }
    Ok(link)
}

#[cfg(test)]
mod tests {
    use super::{LINK_LIMIT, LinkError, normalise_link};

    #[test]
    fn a_link_is_kept_in_its_normal_form() {
        assert_eq!(
            normalise_link("https://e.com/1").as_deref(),
            Ok("https://e.com/1")
        );
        assert_eq!(
            normalise_link("HTTPS://E.com").as_deref(),
            Ok("https://e.com/")
        );
    }

    #[test]
    fn other_schemes_and_broken_links_are_refused() {
        assert_eq!(normalise_link("ftp://e.com/x"), Err(LinkError::Scheme));
        assert_eq!(normalise_link("https://"), Err(LinkError::Invalid));
    }

    #[test]
    fn the_limit_counts_after_normalisation() {
        let base = "https://e.com/";
        let fits = format!("{base}{}", "a".repeat(LINK_LIMIT - base.len()));
        assert_eq!(normalise_link(&fits), Ok(fits.clone()));
        assert_eq!(normalise_link(&format!("{fits}a")), Err(LinkError::TooLong));
        let grows = format!("{base}{}", "ж".repeat(LINK_LIMIT / 2));
        assert_eq!(normalise_link(&grows), Err(LinkError::TooLong));
    }
}
