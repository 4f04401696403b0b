//! The words of every page's frame, in each language.

use domain::Language;

/// Every language, with its own name.
pub const LANGUAGES: [(Language, &str); 6] = [
    (Language::Es, "Español"),
    (Language::En, "English"),
    (Language::Pt, "Português"),
    (Language::Fr, "Français"),
    (Language::De, "Deutsch"),
    (Language::It, "Italiano"),
];

/// What the frame of every page says. The form of address is the formal one, as in the mails.
#[derive(Debug)]
pub struct Chrome {
    /// The link that goes past the navigation.
    pub skip: &'static str,
    /// What the languages' links are.
    pub language: &'static str,
    /// The button that ends the session.
    pub log_out: &'static str,
    /// Something is out of order for the moment.
    pub unavailable: &'static str,
    /// There is no such page.
    pub not_found: &'static str,
    /// A form that may be another site's.
    pub refused: &'static str,
}

impl Chrome {
    /// The words of this language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Es => &ES,
            Language::En => &EN,
            Language::Pt => &PT,
            Language::Fr => &FR,
            Language::De => &DE,
            Language::It => &IT,
        }
    }
}

const ES: Chrome = Chrome {
    skip: "Ir al contenido",
    language: "Idioma",
    log_out: "Cerrar sesión",
    unavailable: "Ahora mismo no es posible. Inténtelo de nuevo.",
    not_found: "Aquí no hay nada",
    refused: "No hemos podido asegurarnos de que venía de usted. Inténtelo de nuevo.",
};

const EN: Chrome = Chrome {
    skip: "Skip to the content",
    language: "Language",
    log_out: "Log out",
    unavailable: "This is not possible at the moment. Please try again.",
    not_found: "There is nothing here",
    refused: "We could not be sure that this came from you. Please try again.",
};

const PT: Chrome = Chrome {
    skip: "Ir para o conteúdo",
    language: "Idioma",
    log_out: "Terminar sessão",
    unavailable: "Neste momento não é possível. Tente de novo.",
    not_found: "Aqui não há nada",
    refused: "Não pudemos confirmar que isto veio de si. Tente de novo.",
};

const FR: Chrome = Chrome {
    skip: "Aller au contenu",
    language: "Langue",
    log_out: "Se déconnecter",
    unavailable: "C’est impossible pour le moment. Réessayez.",
    not_found: "Il n’y a rien ici",
    refused: "Nous n’avons pas pu vérifier que cela venait de vous. Réessayez.",
};

const DE: Chrome = Chrome {
    skip: "Zum Inhalt springen",
    language: "Sprache",
    log_out: "Abmelden",
    unavailable: "Das ist im Moment nicht möglich. Bitte versuchen Sie es noch einmal.",
    not_found: "Hier ist nichts",
    refused: "Wir konnten nicht sicher sein, dass dies von Ihnen kam. Bitte versuchen Sie es noch einmal.",
};

const IT: Chrome = Chrome {
    skip: "Vai al contenuto",
    language: "Lingua",
    log_out: "Esci",
    unavailable: "Al momento non è possibile. Riprovi.",
    not_found: "Qui non c’è nulla",
    refused: "Non abbiamo potuto verificare che venisse da lei. Riprovi.",
};
